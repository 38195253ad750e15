package rtmp

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"github.com/hawker-live/hawker/internal/errs"
)

const (
	// controlChunk and commandChunk are the chunk streams we write on.
	controlChunk = 2
	commandChunk = 3
	// announcedChunkSize is ours; nothing we send needs more than one chunk of it.
	announcedChunkSize = 4096
	// announcedWindow is what we ask the publisher to let pass between acknowledgements, in bytes.
	announcedWindow = 2_500_000
	// maxNames bounds app and stream name in bytes.
	maxNames = 512
	// maxMessageStreams bounds createStream: one publication needs one, a retry a second.
	maxMessageStreams = 8
)

// errGoodbye ends a connection whose publisher said it is done.
var errGoodbye = errors.New("publisher ended the stream")

// refusal ends a connection with a status the publisher can show.
type refusal struct {
	code   string
	stream uint32
	cause  error
}

func (r *refusal) Error() string { return r.cause.Error() }
func (r *refusal) Unwrap() error { return r.cause }

// command handles one NetConnection or NetStream command (RTMP specification 7.2).
func (c *conn) command(ctx context.Context, m message) error {
	payload := m.payload
	if m.kind == typeCommandAMF3 {
		// An AMF3 command is AMF0 behind a zero byte for every encoder known.
		if len(payload) == 0 || payload[0] != 0 {
			return errors.New("AMF3 command")
		}
		payload = payload[1:]
	}
	values, err := decodeAMF(payload)
	if err != nil {
		return err
	}
	name, _ := at(values, 0).(string)
	transaction, _ := at(values, 1).(float64)
	switch name {
	case "connect":
		return c.connect(transaction, at(values, 2))
	case "createStream":
		if c.streams++; c.streams > maxMessageStreams {
			return fmt.Errorf("more than %d message streams", maxMessageStreams)
		}
		return c.send(commandChunk, 0, encodeAMF("_result", transaction, nil, float64(c.streams)))
	case "publish":
		streamName, _ := at(values, 3).(string)
		return c.publish(ctx, m.stream, streamName)
	case "play", "play2":
		return &refusal{code: "NetStream.Play.Failed", stream: m.stream,
			cause: errs.ForProgram(errs.Unsupported, "rtmp_play", "this address only takes streams; watch them in the browser")}
	case "FCUnpublish", "deleteStream", "closeStream":
		if c.publication == nil {
			return nil
		}
		if err := c.status(m.stream, "status", "NetStream.Unpublish.Success", "Stream ended"); err != nil {
			return err
		}
		return errGoodbye
	case "FCPublish":
		return c.send(commandChunk, 0, encodeAMF("onFCPublish", 0.0, nil,
			object{{"code", "NetStream.Publish.Start"}, {"description", "ready"}}))
	case "releaseStream", "_checkbw", "getStreamLength":
		return c.send(commandChunk, 0, encodeAMF("_result", transaction, nil, nil))
	}
	if transaction == 0 {
		return nil // a notification; nobody waits for an answer
	}
	return c.send(commandChunk, 0, encodeAMF("_error", transaction, nil, object{
		{"level", "error"}, {"code", "NetConnection.Call.Failed"}, {"description", "unknown command"},
	}))
}

func (c *conn) connect(transaction float64, argument any) error {
	if c.connected {
		return errors.New("second connect command")
	}
	o, _ := argument.(object)
	app, _ := o.get("app").(string)
	app, _, _ = strings.Cut(app, "?")
	if len(app) > maxNames {
		return fmt.Errorf("app name of %d bytes", len(app))
	}
	c.connected, c.app = true, strings.Trim(app, "/")
	for _, m := range []message{
		{kind: typeWindowAck, payload: binary.BigEndian.AppendUint32(nil, announcedWindow)},
		{kind: typePeerBandwidth, payload: append(binary.BigEndian.AppendUint32(nil, announcedWindow), 2)},
		{kind: typeSetChunkSize, payload: binary.BigEndian.AppendUint32(nil, announcedChunkSize)},
	} {
		if err := c.w.write(controlChunk, m); err != nil {
			return err
		}
	}
	c.w.size = announcedChunkSize
	return c.send(commandChunk, 0, encodeAMF("_result", transaction,
		object{{"fmsVer", "FMS/3,5,3,824"}, {"capabilities", 31.0}, {"mode", 1.0}},
		object{
			{"level", "status"}, {"code", "NetConnection.Connect.Success"}, {"description", "Connected"},
			{"objectEncoding", 0.0},
			{"fourCcList", []any{"avc1", "hvc1", "av01", "mp4a", "Opus"}},
			{"videoFourCcInfoMap", object{{"avc1", 1.0}, {"hvc1", 1.0}, {"av01", 1.0}}},
			{"audioFourCcInfoMap", object{{"mp4a", 1.0}, {"Opus", 1.0}}},
		}))
}

// publish asks for the right to publish and opens the publication.
func (c *conn) publish(ctx context.Context, stream uint32, name string) error {
	if !c.connected {
		return errors.New("publish before connect")
	}
	if c.publication != nil {
		return &refusal{code: "NetStream.Publish.BadName", stream: stream,
			cause: errs.New(errs.Conflict, "rtmp_twice", "this connection already publishes a stream")}
	}
	app, key, err := names(c.app, name)
	if err != nil {
		return &refusal{code: "NetStream.Publish.BadName", stream: stream, cause: err}
	}
	ctx, cancel := context.WithTimeout(ctx, authorizeTimeout)
	defer cancel()
	sink, err := c.deps.Authorize(ctx, Publish{App: app, Key: key, RemoteAddr: c.remote})
	if err != nil {
		return &refusal{code: refusalCode(err), stream: stream, cause: err}
	}
	if sink == nil {
		return &refusal{code: "NetStream.Publish.Denied", stream: stream, cause: errors.New("no sink for this stream")}
	}
	c.publication = &publication{sink: sink, clock: c.deps.Clock}
	c.publishStream, c.app, c.lastMedia = stream, app, c.deps.Clock.Now()
	c.r.limit = maxMediaMessage
	c.net.idle()
	begin := binary.BigEndian.AppendUint32([]byte{0, 0}, stream) // user control 0: StreamBegin
	if err := c.w.write(controlChunk, message{kind: typeUserControl, payload: begin}); err != nil {
		return err
	}
	return c.status(stream, "status", "NetStream.Publish.Start", "Publishing")
}

// names finds application and key. Some encoders put the whole path into the app and publish an
// empty name; a query behind the name belongs to the encoder's own plug-ins.
func names(app, stream string) (string, string, error) {
	key, _, _ := strings.Cut(stream, "?")
	key = strings.Trim(key, "/")
	if key == "" {
		if i := strings.LastIndexByte(app, '/'); i >= 0 {
			app, key = app[:i], app[i+1:]
		}
	}
	if key == "" || len(key) > maxNames {
		return "", "", errs.New(errs.Invalid, "rtmp_key", "the stream key is missing; copy it from the live console").In("key")
	}
	return app, key, nil
}

func refusalCode(err error) string {
	switch errs.KindOf(err) {
	case errs.Denied, errs.Unauthorized:
		return "NetStream.Publish.Denied"
	}
	return "NetStream.Publish.BadName"
}

// text is what the publisher reads. An errs.Error keeps its cause for the logs.
func text(err error) string {
	var e *errs.Error
	if errors.As(err, &e) {
		return e.Message
	}
	return err.Error()
}

func (c *conn) status(stream uint32, level, code, description string) error {
	return c.send(commandChunk, stream, encodeAMF("onStatus", 0.0, nil,
		object{{"level", level}, {"code", code}, {"description", description}}))
}

func (c *conn) send(chunk byte, stream uint32, payload []byte) error {
	if err := c.w.write(chunk, message{kind: typeCommand, stream: stream, payload: payload}); err != nil {
		return err
	}
	return c.w.w.Flush()
}

func at(values []any, i int) any {
	if i < len(values) {
		return values[i]
	}
	return nil
}
