package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

// rampart is a testnet in one process.
type rampart struct {
	command *exec.Cmd
	best    atomic.Int64
}

var bestLine = regexp.MustCompile(`best #(\d+)`)

func startRampart(path string) (network, error) {
	r := &rampart{command: exec.Command(path, "testnet")}
	progress, err := r.command.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := r.command.Start(); err != nil {
		return nil, err
	}
	go func() {
		for lines := bufio.NewScanner(progress); lines.Scan(); {
			if m := bestLine.FindStringSubmatch(lines.Text()); m != nil {
				n, _ := strconv.ParseInt(m[1], 10, 64)
				r.best.Store(n)
			}
		}
	}()
	return r, nil
}

func (r *rampart) height() (int, error) {
	if r.best.Load() == 0 {
		return 0, errors.New("no block yet")
	}
	return int(r.best.Load()), nil
}
func (r *rampart) processes() []int { return []int{r.command.Process.Pid} }
func (r *rampart) stop()            { end(r.command) }

// end asks a process to end and waits for it.
func end(c *exec.Cmd) {
	_ = c.Process.Signal(syscall.SIGTERM)
	kill := time.AfterFunc(15*time.Second, func() { _ = c.Process.Kill() })
	_ = c.Wait()
	kill.Stop()
}

// comet is four CometBFT validators, each a process with its kvstore inside.
type comet struct{ commands []*exec.Cmd }

// cometHost is the address of a node; the first of them serves RPC for height.
func cometHost(i int) string { return fmt.Sprintf("127.0.0.%d", 11+i) }

func startComet(path, dir string) (network, error) {
	out, err := exec.Command(path, "testnet", "--v", strconv.Itoa(nodes), "--o", dir, "--starting-ip-address", cometHost(0)).CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("%w: %s", err, out)
	}
	c := &comet{}
	for i := range nodes {
		home := filepath.Join(dir, fmt.Sprint("node", i))
		if err := configure(filepath.Join(home, "config", "config.toml"), cometHost(i)); err != nil {
			return nil, err
		}
		command := exec.Command(path, "node", "--home", home, "--proxy_app", "kvstore", "--log_level", "error")
		if err := command.Start(); err != nil {
			c.stop()
			return nil, err
		}
		c.commands = append(c.commands, command)
	}
	return c, nil
}

// configure gives a node an address of its own, and a block every two seconds.
func configure(path, host string) error {
	raw, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	text := string(raw)
	for from, to := range map[string]string{
		`laddr = "tcp://0.0.0.0:26656"`:   `laddr = "tcp://` + host + `:26656"`,
		`laddr = "tcp://127.0.0.1:26657"`: `laddr = "tcp://` + host + `:26657"`,
		`timeout_commit = "1s"`:           `timeout_commit = "2s"`,
		`addr_book_strict = true`:         `addr_book_strict = false`,
		`allow_duplicate_ip = false`:      `allow_duplicate_ip = true`,
	} {
		if strings.Contains(text, to) {
			continue
		}
		if !strings.Contains(text, from) {
			return fmt.Errorf("%s has no line %s", path, from)
		}
		text = strings.Replace(text, from, to, 1)
	}
	return os.WriteFile(path, []byte(text), 0o600)
}

func (c *comet) height() (int, error) {
	response, err := http.Get("http://" + cometHost(0) + ":26657/status")
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	var status struct {
		Result struct {
			SyncInfo struct {
				Height string `json:"latest_block_height"`
			} `json:"sync_info"`
		}
	}
	if err := json.NewDecoder(response.Body).Decode(&status); err != nil {
		return 0, err
	}
	return strconv.Atoi(status.Result.SyncInfo.Height)
}

func (c *comet) processes() []int {
	var pids []int
	for _, command := range c.commands {
		pids = append(pids, command.Process.Pid)
	}
	return pids
}

func (c *comet) stop() {
	for _, command := range c.commands {
		end(command)
	}
}
