package cmaf

import (
	"encoding/binary"
	"slices"

	"github.com/hawker-live/hawker/internal/media/av"
)

// Run is the samples of one track inside one fragment, in decode order. DTS of the first sample is
// the run's decode time and must be >= 0; each Duration must lead to the next sample's DTS, because
// a trun carries durations only.
type Run struct {
	Track   int // av.VideoID or av.AudioID
	Samples []av.Sample
}

const (
	mfhdSize = 16
	tfhdSize = 16 // header, track_ID
	tfdtSize = 20 // header, 64-bit decode time
	trunSize = 20 // header, sample_count, data_offset

	videoEntry = 16 // duration, size, flags, composition offset
	audioEntry = 8  // duration, size; the flags are the same for all and stand in tfhd

	tfhdDefaultBaseIsMoof = 0x020000
	tfhdDefaultFlags      = 0x000020

	trunDataOffset = 0x000001
	trunDuration   = 0x000100
	trunSampleSize = 0x000200
	trunFlags      = 0x000400
	trunCTS        = 0x000800

	// Sample flags, ISO/IEC 14496-12 8.8.3.1: sample_depends_on in bits 24-25, non-sync in bit 16.
	syncSample      = 0x02000000
	dependentSample = 0x01010000
)

// AppendFragment appends moof + mdat of the runs to dst, growing it at most once. seq is mfhd's sequence
// number and grows by one per fragment. Runs without samples are left out; without any, dst is returned.
func AppendFragment(dst []byte, seq uint32, runs ...Run) []byte {
	moof, media := sizes(runs)
	if moof == 0 {
		return dst
	}
	b := slices.Grow(dst, moof+8+media)
	be := binary.BigEndian

	b = be.AppendUint32(b, uint32(moof))
	b = append(b, "moof"...)
	b = be.AppendUint32(b, mfhdSize)
	b = append(b, "mfhd"...)
	b = be.AppendUint32(b, 0)
	b = be.AppendUint32(b, seq)
	offset := moof + 8
	for i := range runs {
		if len(runs[i].Samples) > 0 {
			b = appendTraf(b, &runs[i], offset)
			offset += mediaSize(&runs[i])
		}
	}

	b = be.AppendUint32(b, uint32(8+media))
	b = append(b, "mdat"...)
	for i := range runs {
		for j := range runs[i].Samples {
			b = append(b, runs[i].Samples[j].Data...)
		}
	}
	return b
}

// sizes returns the size of the moof box and of the mdat payload; 0, 0 when no run has samples.
func sizes(runs []Run) (moof, media int) {
	for i := range runs {
		if len(runs[i].Samples) > 0 {
			moof += trafSize(&runs[i])
			media += mediaSize(&runs[i])
		}
	}
	if moof > 0 {
		moof += 8 + mfhdSize
	}
	return moof, media
}

func trafSize(r *Run) int {
	if r.Track == av.VideoID {
		return 8 + tfhdSize + tfdtSize + trunSize + videoEntry*len(r.Samples)
	}
	return 8 + tfhdSize + 4 + tfdtSize + trunSize + audioEntry*len(r.Samples)
}

func mediaSize(r *Run) int {
	n := 0
	for i := range r.Samples {
		n += len(r.Samples[i].Data)
	}
	return n
}

// appendTraf writes one track fragment whose media starts offset bytes after the moof's first byte.
func appendTraf(b []byte, r *Run, offset int) []byte {
	be := binary.BigEndian
	video := r.Track == av.VideoID
	tfhd, entry := uint32(tfhdSize+4), audioEntry
	tfhdFlags := uint32(tfhdDefaultBaseIsMoof | tfhdDefaultFlags)
	trunBits := uint32(trunDataOffset | trunDuration | trunSampleSize)
	if video {
		tfhd, entry = tfhdSize, videoEntry
		tfhdFlags = tfhdDefaultBaseIsMoof
		trunBits |= trunFlags | trunCTS
	}
	b = be.AppendUint32(b, uint32(trafSize(r)))
	b = append(b, "traf"...)

	b = be.AppendUint32(b, tfhd)
	b = append(b, "tfhd"...)
	b = be.AppendUint32(b, tfhdFlags)
	b = be.AppendUint32(b, uint32(r.Track))
	if !video {
		b = be.AppendUint32(b, syncSample)
	}

	b = be.AppendUint32(b, tfdtSize)
	b = append(b, "tfdt"...)
	b = be.AppendUint32(b, 1<<24)
	b = be.AppendUint64(b, uint64(r.Samples[0].DTS))

	b = be.AppendUint32(b, uint32(trunSize+entry*len(r.Samples)))
	b = append(b, "trun"...)
	b = be.AppendUint32(b, 1<<24|trunBits)
	b = be.AppendUint32(b, uint32(len(r.Samples)))
	b = be.AppendUint32(b, uint32(offset))
	for i := range r.Samples {
		s := &r.Samples[i]
		b = be.AppendUint32(b, s.Duration)
		b = be.AppendUint32(b, uint32(len(s.Data)))
		if !video {
			continue
		}
		if s.Key {
			b = be.AppendUint32(b, syncSample)
		} else {
			b = be.AppendUint32(b, dependentSample)
		}
		b = be.AppendUint32(b, uint32(s.CTS))
	}
	return b
}
