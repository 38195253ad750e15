/** One line of talk, as it is drawn; what an application keeps besides is its own. */
export interface CommentText {
  id: string
  name: string
  text: string
  avatar?: string
  badge?: 'host' | 'moderator'
  /** A question. */
  ask?: boolean
  /** Said by a figure of the sample world. */
  demo?: boolean
  /** How many said the same; drawn from two on. */
  n?: number
}
/** The few words beside the text, in the reader's language. */
export interface CommentWords { pinned: string; host: string; moderator: string; asks: string; demo: string }
