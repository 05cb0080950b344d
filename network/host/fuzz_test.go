package host

import "testing"

// FuzzAddresses reads any text as each kind of address that an operator gives.
func FuzzAddresses(f *testing.F) {
	for _, text := range []string{"/ip4/127.0.0.1/tcp/30333", "/dns/node.example/tcp/443/wss",
		"/ip4/127.0.0.1/tcp/1/p2p/12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp", "/p2p-circuit", "/unix/a/b", ""} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for i := range 4 {
			a := Addresses{}
			*[]*[]string{&a.Listen, &a.Public, &a.Bootnodes, &a.Reserved}[i] = []string{text}
			p, err := a.parse()
			if n := len(p.listen) + len(p.public) + len(p.bootnodes) + len(p.reserved); err == nil && n != 1 {
				t.Fatalf("%q is %d addresses", text, n)
			}
		}
	})
}
