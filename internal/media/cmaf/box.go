package cmaf

import "encoding/binary"

// writer appends boxes; a box's size is patched when its body is complete.
type writer struct{ b []byte }

// box writes a box of type typ around what body appends.
func (w *writer) box(typ string, body func()) {
	at := len(w.b)
	w.u32(0)
	w.str(typ)
	body()
	binary.BigEndian.PutUint32(w.b[at:], uint32(len(w.b)-at))
}

// full writes a box that starts with a version and 24 bits of flags.
func (w *writer) full(typ string, version byte, flags uint32, body func()) {
	w.box(typ, func() {
		w.u32(uint32(version)<<24 | flags)
		body()
	})
}

func (w *writer) u8(v byte)     { w.b = append(w.b, v) }
func (w *writer) u16(v uint16)  { w.b = binary.BigEndian.AppendUint16(w.b, v) }
func (w *writer) u32(v uint32)  { w.b = binary.BigEndian.AppendUint32(w.b, v) }
func (w *writer) str(s string)  { w.b = append(w.b, s...) }
func (w *writer) raw(p []byte)  { w.b = append(w.b, p...) }
func (w *writer) zeros(n int)   { w.b = append(w.b, make([]byte, n)...) }
func (w *writer) fix(v float64) { w.u32(uint32(v * 65536)) } // 16.16 fixed point

// unityMatrix is the 3x3 transformation that leaves the picture as it is.
func (w *writer) unityMatrix() {
	for _, v := range [9]uint32{0x00010000, 0, 0, 0, 0x00010000, 0, 0, 0, 0x40000000} {
		w.u32(v)
	}
}
