import { shallowRef } from 'vue'

export interface Question {
  title: string
  /** What follows from saying yes, when the title does not say it. */
  text?: string
  /** The verb on the button: "删除", never a bare "yes". */
  yes: string
  danger?: boolean
}

export const asked = shallowRef<Question>()
let settle: ((yes: boolean) => void) | undefined

/** Asks before an act that cannot be taken back; resolves false when closed any other way. */
export function confirm(question: Question): Promise<boolean> {
  settle?.(false)
  asked.value = question
  return new Promise((resolve) => { settle = resolve })
}

/** Answers the standing question; without one nothing happens. */
export function answer(yes: boolean): void {
  asked.value = undefined
  settle?.(yes)
  settle = undefined
}
