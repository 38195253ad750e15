export interface FilterChoice {
  id: string
  label: string
}

/** One filter as a chip: `label value ▾`. The first choice means "any" and has the id ''. */
export interface Filter {
  id: string
  label: string
  value: string
  choices: FilterChoice[]
}

/** What cannot wait, one press away: an amber chip with its number. */
export interface UrgentPreset {
  label: string
  on: boolean
}
