import { ref, watch, type Ref } from 'vue'

/** `system` follows the device's wish for less motion; `less` asks for it here alone. */
export type MotionChoice = 'system' | 'less'
/** `always`: clips start by themselves; `saver`: not on a metered line; `never`: only when tapped. */
export type AutoplayChoice = 'always' | 'saver' | 'never'

/** A choice kept on this device; storage that is forbidden keeps it for the visit. */
function kept<T extends string>(key: string, choices: readonly [T, ...T[]]): Ref<T> {
  let stored: string | null = null
  try {
    stored = localStorage.getItem(key)
  } catch {
    // The first choice stands.
  }
  const choice = ref(choices.find((c) => c === stored) ?? choices[0]) as Ref<T>
  watch(choice, (value) => {
    try {
      localStorage.setItem(key, value)
    } catch {
      // The choice lasts for this visit only.
    }
  })
  return choice
}

export const motionChoices = ['system', 'less'] as const
export const motion = kept<MotionChoice>('hawker.motion', motionChoices)
watch(motion, (value) => { document.documentElement.dataset.motion = value }, { immediate: true })

export const autoplayChoices = ['always', 'saver', 'never'] as const
export const autoplay = kept<AutoplayChoice>('hawker.autoplay', autoplayChoices)

/** What the browser tells about the line (Network Information API; absent in Safari and Firefox). */
interface Line { saveData?: boolean; type?: string }

/** Whether a clip may load and start without a tap. */
export function mayAutoplay(line: Line | undefined = (navigator as { connection?: Line }).connection): boolean {
  if (autoplay.value === 'never') return false
  return autoplay.value === 'always' || !(line?.saveData || line?.type === 'cellular')
}
