/** Covers are at most this wide: a phone screen at 2x, far below the upload limit. */
const maxEdge = 1080
const quality = 0.86

/** The frame on screen as a JPEG, for the post's cover. */
export function frameOf(video: HTMLVideoElement): Promise<Blob> {
  const scale = Math.min(1, maxEdge / Math.max(1, video.videoWidth, video.videoHeight))
  const canvas = document.createElement('canvas')
  canvas.width = Math.round(video.videoWidth * scale)
  canvas.height = Math.round(video.videoHeight * scale)
  canvas.getContext('2d')?.drawImage(video, 0, 0, canvas.width, canvas.height)
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('no frame to draw'))), 'image/jpeg', quality)
  })
}

export const tagLimit = 5

/** "#夜市 #一锅热栗子，手艺" → tags without marks, once each, at most five. */
export function parseTags(text: string): string[] {
  const found = text.split(/[\s#＃,，、]+/u).map((tag) => tag.trim().slice(0, 30)).filter(Boolean)
  return [...new Set(found)].slice(0, tagLimit)
}
