package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hawker-live/hawker/bench/site"
)

// signUpsAtOnce is as many as the server hashes passwords at once.
const signUpsAtOnce = 4

// people signs up those who talk.
func people(ctx context.Context, s *site.Site, n int) ([]*site.Person, error) {
	out := make([]*site.Person, n)
	errs := make([]error, n)
	var all sync.WaitGroup
	turns := make(chan struct{}, signUpsAtOnce)
	for i := range n {
		all.Go(func() {
			turns <- struct{}{}
			defer func() { <-turns }()
			out[i], errs[i] = s.SignUp(ctx, fmt.Sprintf("观众%03d", i))
		})
	}
	all.Wait()
	return out, errors.Join(errs...)
}

// talkers at work at the same time: enough that a slow answer does not hold the others.
const talkers = 16

// talk posts comments at a rate, a user after the other, until ctx ends; it returns how many were taken.
func talk(ctx context.Context, room string, users []*site.Person, perSecond int) (taken, refused *atomic.Int64) {
	taken, refused = new(atomic.Int64), new(atomic.Int64)
	due := make(chan int, talkers)
	go func() {
		defer close(due)
		begun := time.Now()
		for i := 0; ; i++ {
			// By the plan, not by a ticker: a busy moment is made up for.
			wait := time.NewTimer(time.Until(begun.Add(time.Duration(i) * time.Second / time.Duration(perSecond))))
			select {
			case <-wait.C:
			case <-ctx.Done():
				return
			}
			select {
			case due <- i:
			case <-ctx.Done():
				return
			}
		}
	}()
	for range talkers {
		go func() {
			for i := range due {
				err := users[i%len(users)].Call(ctx, http.MethodPost, "/live/rooms/"+room+"/comments", map[string]string{"text": line(i)}, nil)
				switch {
				case err == nil:
					taken.Add(1)
				case ctx.Err() == nil:
					refused.Add(1)
				}
			}
		}()
	}
	return taken, refused
}

var words = strings.Fields("这个 颜色 真好看 主播 再试 一下 多少钱 包邮吗 已经 下单 两件 孩子 很喜欢 上次 买的 质量 不错 尺码 偏大 还有 小号 吗 什么时候 发货 支持 老板 明天 能到 北京 吗 love it which size fits 170cm")

// line is what people say: some words, never twice the same.
func line(i int) string {
	var b strings.Builder
	for range 3 + rand.IntN(9) {
		b.WriteString(words[rand.IntN(len(words))])
	}
	return fmt.Sprint(b.String(), " ", i)
}
