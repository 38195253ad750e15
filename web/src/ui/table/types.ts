export interface Column<T> {
  id: string
  label: string
  /** Numbers stand at the inline end. */
  end?: boolean
  /** Read to sort the rows of this page; absent: the column does not sort. */
  sort?: (row: T) => number | string
  /** May be put away by the person. A name or a verb never may. */
  hideable?: boolean
  /** The label is for readers only: a column of verbs. */
  quiet?: boolean
  /** Longest width in px before the text ends in an ellipsis. */
  max?: number
}

/** What happens to one row, said inside the row. */
export interface RowFace {
  state: 'busy' | 'failed' | 'locked'
  reason: string
  /** The one way out of a failure. */
  verb?: string
}

export interface PageState {
  number: number
  hasPrev: boolean
  hasNext: boolean
  busy?: boolean
}

export interface Order {
  id: string
  down: boolean
}
