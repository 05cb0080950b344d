// Package configuration is the pallet of the parameters of parachains: one
// HostConfiguration in force, and changes that wait for a later session.
//
// Parachains read ActiveConfig by proof, so that the order of its fields is
// fixed. Who may ask for a change is not decided here.
//
// Source: polkadot-sdk runtime/parachains/src/configuration.rs.
//
//frame:pallet Configuration
package configuration

//go:generate go run github.com/rampart-chain/rampart/relay/frame/framegen

import (
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// SessionDelay is how many sessions after the present one a change comes into
// force. Source: polkadot-sdk runtime/parachains/src/shared.rs, SESSION_DELAY.
const SessionDelay = 2

// storage of the pallet.
//
//frame:storage
type storage struct {
	// ActiveConfig is in force.
	ActiveConfig HostConfiguration
	// PendingConfigs come into force later, by session ascending, at most one
	// for a session.
	PendingConfigs []PendingConfig
}

// PendingConfig comes into force when Session begins.
//
//frame:codec
type PendingConfig struct {
	Session primitives.SessionIndex
	Config  HostConfiguration
}

// Genesis puts config in force, or returns the Reason for which it cannot be.
func Genesis(s *frame.State, config HostConfiguration) error {
	if err := config.Check(); err != nil {
		return err
	}
	ActiveConfig.Put(s, config)
	return nil
}

// Schedule makes change to the latest configuration, to come into force
// SessionDelay sessions after present. It returns the Reason for which the
// result cannot be in force.
func Schedule(s *frame.State, present primitives.SessionIndex, change func(*HostConfiguration)) error {
	pending := PendingConfigs.Get(s)
	at := present + SessionDelay
	latest := ActiveConfig.Get(s)
	if n := len(pending); n > 0 {
		latest = pending[n-1].Config
		if pending[n-1].Session == at {
			pending = pending[:n-1]
		}
	}
	change(&latest)
	if err := latest.Check(); err != nil {
		return err
	}
	PendingConfigs.Put(s, append(pending, PendingConfig{Session: at, Config: latest}))
	return nil
}

// BeginSession puts in force what waited for session index or an earlier one,
// and returns the configuration that is then in force.
func BeginSession(s *frame.State, index primitives.SessionIndex) HostConfiguration {
	config := ActiveConfig.Get(s)
	pending := PendingConfigs.Get(s)
	due := 0
	for due < len(pending) && pending[due].Session <= index {
		config = pending[due].Config
		due++
	}
	if due > 0 {
		ActiveConfig.Put(s, config)
		PendingConfigs.Put(s, pending[due:])
	}
	return config
}
