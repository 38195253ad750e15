/** Upload speed over a sliding window, and what it says about the time left. */
export interface Speed {
  /** Bytes per second; 0 until two samples are in the window. */
  bytesPerS: number
  /** Seconds; undefined while the speed is unknown or nothing moves. */
  leftS?: number
}

/** Long enough to smooth parts of 8 MiB, short enough to notice a change of network. */
const WINDOW_MS = 6000

export function speedMeter() {
  let samples: { at: number; sent: number }[] = []
  return {
    reset: () => {
      samples = []
    },
    add(at: number, sent: number, total: number): Speed {
      samples.push({ at, sent })
      samples = samples.filter((s, i) => at - s.at <= WINDOW_MS || i === samples.length - 2)
      const first = samples[0]
      if (!first || samples.length < 2 || at === first.at) return { bytesPerS: 0 }
      const bytesPerS = Math.max(0, ((sent - first.sent) * 1000) / (at - first.at))
      return bytesPerS > 0 ? { bytesPerS, leftS: Math.ceil((total - sent) / bytesPerS) } : { bytesPerS: 0 }
    },
  }
}
