/** Frames of a local video for the cover: a filmstrip to choose from, and one frame as a JPEG file. */

/** Ten frames show a short video's scenes and still fit the sheet's width at 1280. */
export const STRIP_FRAMES = 10
/** Covers are shown at most this wide (phone at 3x); more only costs bytes. */
const COVER_WIDTH = 1080
const THUMB_WIDTH = 96

/** The moments the strip shows: evenly spread, off the very first and last frame, which are often black. */
export function stripTimes(durationS: number, count: number = STRIP_FRAMES): number[] {
  if (!Number.isFinite(durationS) || durationS <= 0) return []
  return Array.from({ length: count }, (_, i) => ((i + 0.5) / count) * durationS)
}

export async function openVideo(file: Blob): Promise<HTMLVideoElement> {
  const video = document.createElement('video')
  video.muted = true
  video.playsInline = true
  video.preload = 'auto'
  video.src = URL.createObjectURL(file)
  try {
    await once(video, 'loadeddata')
  } catch (e) {
    closeVideo(video)
    throw e
  }
  return video
}

export function closeVideo(video: HTMLVideoElement): void {
  URL.revokeObjectURL(video.src)
  video.removeAttribute('src')
  video.load()
}

export async function seek(video: HTMLVideoElement, timeS: number): Promise<void> {
  const to = Math.min(Math.max(0, timeS), Math.max(0, video.duration - 0.05))
  if (Math.abs(video.currentTime - to) < 0.001) return
  const arrived = once(video, 'seeked')
  video.currentTime = to
  await arrived
}

export async function thumbnail(video: HTMLVideoElement, timeS: number): Promise<string> {
  await seek(video, timeS)
  return draw(video, THUMB_WIDTH).toDataURL('image/jpeg', 0.7)
}

export async function coverFile(video: HTMLVideoElement, timeS: number): Promise<File> {
  await seek(video, timeS)
  const canvas = draw(video, COVER_WIDTH)
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.88))
  if (!blob) throw new Error('cover_failed')
  return new File([blob], 'cover.jpg', { type: 'image/jpeg' })
}

function draw(video: HTMLVideoElement, maxWidth: number): HTMLCanvasElement {
  const scale = Math.min(1, maxWidth / (video.videoWidth || 1))
  const canvas = document.createElement('canvas')
  canvas.width = Math.max(1, Math.round(video.videoWidth * scale))
  canvas.height = Math.max(1, Math.round(video.videoHeight * scale))
  canvas.getContext('2d')?.drawImage(video, 0, 0, canvas.width, canvas.height)
  return canvas
}

function once(video: HTMLVideoElement, event: 'loadeddata' | 'seeked'): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = () => (off(), resolve())
    const fail = () => (off(), reject(new Error('video_unreadable')))
    function off() {
      video.removeEventListener(event, done)
      video.removeEventListener('error', fail)
    }
    video.addEventListener(event, done)
    video.addEventListener('error', fail)
  })
}
