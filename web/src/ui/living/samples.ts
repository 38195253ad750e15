// Pictures for demos: drawn here, so that no demo asks the network for anything.
const svg = (body: string, size = 96) => `data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}">${body}</svg>`)}`

/** A potter with a straw hat. */
export const sampleFace = svg('<path fill="#e9b872" d="M0 0h96v96H0z"/><path fill="#7a4a2a" d="M16 96c2-20 14-30 32-30s30 10 32 30z"/><ellipse cx="48" cy="48" rx="17" ry="20" fill="#f3cfae"/><path fill="#3a2318" d="M30 46c-2-18 8-26 18-26s20 8 18 26c-4-10-8-12-18-12s-14 2-18 12z"/><path fill="#ffefd8" d="M12 34c8-16 22-22 36-22s28 6 36 22c-10 4-22 6-36 6s-26-2-36-6z"/><path fill="none" stroke="#c9a06a" stroke-width="2" d="M20 31c8 4 48 4 56 0M28 22c8 3 32 3 40 0"/><path fill="none" stroke="#7a4a2a" stroke-width="2.4" stroke-linecap="round" d="M42 57c3 3 9 3 12 0"/><circle cx="42" cy="48" r="1.8" fill="#3a2318"/><circle cx="54" cy="48" r="1.8" fill="#3a2318"/>')

/** A celadon bowl on a wooden board. */
export const sampleBowl = svg('<path fill="#efe2cd" d="M0 0h96v96H0z"/><path fill="#caa06c" d="M0 70h96v26H0z"/><path fill="#b98a55" d="M0 70h96v4H0z"/><path fill="#8fb5a0" d="M18 38h60c0 22-12 36-30 36S18 60 18 38z"/><ellipse cx="48" cy="38" rx="30" ry="9" fill="#a9cbb6"/><ellipse cx="48" cy="39" rx="25" ry="6.4" fill="#6f9a84"/><path fill="none" stroke="#cfe4d7" stroke-width="2.4" stroke-linecap="round" d="M25 50c2 8 6 13 11 16"/>')

/** Roast chestnuts in a paper bag. */
export const sampleChestnuts = svg('<path fill="#f6d9a6" d="M0 0h96v96H0z"/><path fill="#e2b777" d="M22 40h52l-6 48H28z"/><path fill="#cf9f5c" d="M22 40h52l-1 8H23z"/><g fill="#6b3418"><ellipse cx="36" cy="36" rx="11" ry="9"/><ellipse cx="58" cy="34" rx="12" ry="10"/><ellipse cx="47" cy="26" rx="11" ry="9"/></g><g fill="none" stroke="#b97b4a" stroke-width="2" stroke-linecap="round"><path d="M31 33c2-3 5-4 8-3M53 30c3-3 6-3 9-1M42 23c2-3 6-4 9-2"/></g>')
