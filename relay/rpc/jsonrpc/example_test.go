package jsonrpc_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"

	"github.com/rampart-chain/rampart/relay/rpc/jsonrpc"
)

func ExampleServer() {
	s, err := jsonrpc.New(jsonrpc.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	s.Method(jsonrpc.Method{
		Name: "system_add", Access: jsonrpc.Safe, Params: []string{"a", "b"},
		Call: func(_ context.Context, p jsonrpc.Params) (any, error) {
			var a, b int
			if err := p.Read(2, &a, &b); err != nil {
				return nil, err
			}
			return a + b, nil
		},
	})
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	ended := make(chan error)
	go func() { ended <- s.Serve(ctx, l) }()

	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	answer, err := client.Post("http://"+l.Addr().String(), "application/json",
		strings.NewReader(`{"jsonrpc":"2.0","id":1,"method":"system_add","params":[2,3]}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	text, _ := io.ReadAll(answer.Body)
	_ = answer.Body.Close()
	fmt.Println(string(text))
	stop()
	fmt.Println(<-ended)
	// Output:
	// {"jsonrpc":"2.0","id":1,"result":5}
	// <nil>
}
