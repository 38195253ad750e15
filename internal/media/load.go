package media

// Load is what this node takes in.
type Load struct {
	Sessions   int            // being packaged, those that wait for their publisher among them
	Publishers map[string]int // sending now, by protocol
	Received   uint64         // payload bytes since the start of the process
}

// Load counts the sessions and publishers of this node.
func (s *Service) Load() Load {
	s.mu.Lock()
	lives := make([]*live, 0, len(s.lives))
	for _, l := range s.lives {
		lives = append(lives, l)
	}
	s.mu.Unlock()
	out := Load{Publishers: map[string]int{"rtmp": 0, "whip": 0, sampleProtocol: 0}, Received: s.received.Load()}
	for _, l := range lives {
		l.mu.Lock()
		if !l.ended {
			out.Sessions++
			if l.publisher != nil {
				out.Publishers[l.protocol]++
			}
		}
		l.mu.Unlock()
	}
	return out
}
