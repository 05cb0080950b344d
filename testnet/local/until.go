package local

import (
	"fmt"
	"strconv"
	"strings"
)

// maxLag is how far finality may be behind the best block, in blocks, for a
// network to count as done.
const maxLag = 3

// Until is what a network must have reached before it stops by itself. A zero
// field asks for nothing.
type Until struct {
	// Finalized is a block number that every node must have finalized.
	Finalized uint64
	// Included is how many blocks of each chain must have been included.
	Included uint64
	// Delivered is how many messages between chains must have arrived.
	Delivered uint64
}

// ParseUntil reads conditions such as "finalized=20,included=5,delivered=1".
func ParseUntil(text string) (Until, error) {
	var u Until
	if text == "" {
		return u, nil
	}
	for _, condition := range strings.Split(text, ",") {
		name, value, _ := strings.Cut(condition, "=")
		n, err := strconv.ParseUint(value, 10, 32)
		if err != nil || n == 0 {
			return Until{}, fmt.Errorf("condition %q: write NAME=N with N from 1, for example finalized=20", condition)
		}
		switch name {
		case "finalized":
			u.Finalized = n
		case "included":
			u.Included = n
		case "delivered":
			u.Delivered = n
		default:
			return Until{}, fmt.Errorf("condition %q: there are finalized, included and delivered", condition)
		}
	}
	return u, nil
}

// IsZero reports whether nothing is asked for.
func (u Until) IsZero() bool { return u == Until{} }

// Missing returns what r lacks of u, one text per condition; none if all is
// reached and finality is at most three blocks behind.
func (u Until) Missing(r Report) []string {
	var missing []string
	need := func(what string, have, want uint64) {
		if have < want {
			missing = append(missing, fmt.Sprintf("%s: %d of %d", what, have, want))
		}
	}
	need("finalized", r.Relay.Finalized, u.Finalized)
	for _, p := range r.Parachains {
		need(fmt.Sprintf("included of chain %d", p.ID), p.Included, u.Included)
	}
	need("delivered", r.Messages.Delivered, u.Delivered)
	if lag := r.Relay.Best - min(r.Relay.Best, r.Relay.Finalized); !u.IsZero() && lag > maxLag {
		missing = append(missing, fmt.Sprintf("finality lag: %d blocks, at most %d allowed", lag, maxLag))
	}
	return missing
}
