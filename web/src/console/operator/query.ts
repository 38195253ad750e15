/** What an operator's list asks the server: search words, one state, a place in the list. */
export interface OpQuery {
  query: string
  state?: string
  cursor?: string
}
