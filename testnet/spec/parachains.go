package spec

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"unicode"

	"github.com/rampart-chain/rampart/parachain/paras"
	"github.com/rampart-chain/rampart/parachain/shared/initializer"
	"github.com/rampart-chain/rampart/relay/pallet/configuration"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/xcmp/hrmp"
)

// ParasConfig holds the parachains that are there from the start.
type ParasConfig struct {
	// Paras may also be in polkadot's form, [id, [head, code, parachain]]: one
	// with parachain true that no core serves gets one of its own.
	Paras []Para `json:"paras"`
	// Cores lists, for each availability core, the paras that it serves in turn.
	Cores [][]primitives.ParaID `json:"cores"`
	HRMP  []Channel             `json:"hrmp"`
}

// Para is a parachain: its first head and its validation function, both in
// hexadecimal after 0x.
type Para struct {
	ID   primitives.ParaID `json:"id"`
	Head string            `json:"head"`
	Code string            `json:"code"`
}

// Channel is an open HRMP channel. Capacity bounds the messages waiting, Size
// the bytes of one.
type Channel struct {
	From     primitives.ParaID `json:"from"`
	To       primitives.ParaID `json:"to"`
	Capacity uint32            `json:"capacity"`
	Size     uint32            `json:"size"`
}

// HRMPConfig holds open channels in polkadot's form, [from, to, capacity, size].
type HRMPConfig struct {
	PreopenHRMPChannels []PolkadotChannel `json:"preopenHrmpChannels"`
}

// PolkadotChannel is a Channel that is written as a tuple.
type PolkadotChannel Channel

// MarshalJSON writes c as [from, to, capacity, size].
func (c PolkadotChannel) MarshalJSON() ([]byte, error) {
	return json.Marshal([]any{c.From, c.To, c.Capacity, c.Size})
}

// UnmarshalJSON reads c from [from, to, capacity, size].
func (c *PolkadotChannel) UnmarshalJSON(text []byte) error {
	return unmarshalTuple(text, &c.From, &c.To, &c.Capacity, &c.Size)
}

// paraForm is a Para in either form.
type paraForm struct {
	Para
	ownCore bool
}

func (p *paraForm) UnmarshalJSON(text []byte) error {
	if !bytes.HasPrefix(bytes.TrimSpace(text), []byte{'['}) {
		return decode(text, &p.Para)
	}
	var rest json.RawMessage
	if err := unmarshalTuple(text, &p.ID, &rest); err != nil {
		return err
	}
	return unmarshalTuple(rest, &p.Head, &p.Code, &p.ownCore)
}

// UnmarshalJSON reads p and gives cores to paras in polkadot's form.
func (p *ParasConfig) UnmarshalJSON(text []byte) error {
	var forms struct {
		Paras []paraForm            `json:"paras"`
		Cores [][]primitives.ParaID `json:"cores"`
		HRMP  []Channel             `json:"hrmp"`
	}
	if err := decode(text, &forms); err != nil {
		return err
	}
	*p = ParasConfig{Cores: forms.Cores, HRMP: forms.HRMP}
	served := map[primitives.ParaID]bool{}
	for _, core := range forms.Cores {
		for _, id := range core {
			served[id] = true
		}
	}
	for _, form := range forms.Paras {
		p.Paras = append(p.Paras, form.Para)
		if form.ownCore && !served[form.ID] {
			p.Cores = append(p.Cores, []primitives.ParaID{form.ID})
			served[form.ID] = true
		}
	}
	return nil
}

// HostConfig holds parameters of parachains that differ from the usual ones, by
// their name in polkadot's HostConfiguration, such as group_rotation_frequency in
// scheduler_params.
type HostConfig struct {
	Config map[string]json.RawMessage `json:"config"`
}

// resolve returns the parachains of c with texts turned into values.
func (c Config) resolveParas() (initializer.Genesis, error) {
	out := initializer.Genesis{Host: configuration.Local(), Cores: c.Paras.Cores}
	if c.Configuration != nil {
		if err := override(reflect.ValueOf(&out.Host).Elem(), c.Configuration.Config, "configuration.config"); err != nil {
			return out, err
		}
	}
	for n := out.Host.SchedulerParams.NumCores; n <= configuration.MaxCores && len(out.Cores) < int(n); {
		out.Cores = append(out.Cores, nil)
	}
	for i, para := range c.Paras.Paras {
		head, err := unhex(para.Head)
		if err != nil {
			return out, fmt.Errorf("paras[%d]: head is %w", i, err)
		}
		code, err := unhex(para.Code)
		if err != nil {
			return out, fmt.Errorf("paras[%d]: code is %w", i, err)
		}
		out.Paras = append(out.Paras, paras.Registration{ID: para.ID, Head: head, Code: code})
	}
	channels := c.Paras.HRMP
	if c.HRMP != nil {
		channels = slices.Clone(channels)
		for _, channel := range c.HRMP.PreopenHRMPChannels {
			channels = append(channels, Channel(channel))
		}
	}
	for _, channel := range channels {
		out.Channels = append(out.Channels, hrmp.Preopened{From: channel.From, To: channel.To, Capacity: channel.Capacity, Size: channel.Size})
	}
	return out, nil
}

// override sets the fields of the struct v that are named, in snake case. Numbers,
// amounts, optional numbers and structs of them can be set.
func override(v reflect.Value, fields map[string]json.RawMessage, path string) error {
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		at := path + "." + name
		field := v.FieldByNameFunc(func(goName string) bool { return snake(goName) == name })
		if !field.IsValid() {
			return fmt.Errorf("%s: there is no such parameter", at)
		}
		var err error
		switch target := field.Addr().Interface().(type) {
		case *primitives.Balance:
			*target, err = primitives.ParseBalance(string(fields[name]))
		default:
			switch field.Kind() {
			case reflect.Uint32, reflect.Pointer:
				err = decode(fields[name], target)
			case reflect.Struct:
				var inner map[string]json.RawMessage
				if err = decode(fields[name], &inner); err == nil && field.NumField() > 0 && field.Field(0).CanSet() {
					if err := override(field, inner, at); err != nil {
						return err
					}
					continue
				}
			default:
				err = fmt.Errorf("cannot be set here")
			}
		}
		if err != nil {
			return fmt.Errorf("%s: %w", at, err)
		}
	}
	return nil
}

// snake returns the Go name of a field in snake case: NDelayTranches is
// n_delay_tranches.
func snake(name string) string {
	var b strings.Builder
	for i, r := range name {
		if i > 0 && unicode.IsUpper(r) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}
