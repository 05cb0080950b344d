package engine

// Disk is what a node keeps over a crash: keys with values. Writes are volatile
// until Sync.
type Disk struct {
	durable map[string][]byte
	view    map[string][]byte
	pending []write
}

type write struct {
	key   string
	value []byte
}

func newDisk() *Disk {
	return &Disk{durable: map[string][]byte{}, view: map[string][]byte{}}
}

// Put writes value under key. The disk keeps value; it must not change.
func (d *Disk) Put(key string, value []byte) {
	d.view[key] = value
	d.pending = append(d.pending, write{key, value})
}

// Get returns the value written last under key, or nil.
func (d *Disk) Get(key string) []byte { return d.view[key] }

// Sync makes all writes durable.
func (d *Disk) Sync() { d.settle(len(d.pending)) }

// settle makes the first n writes durable and forgets the others.
func (d *Disk) settle(n int) {
	for _, w := range d.pending[:n] {
		d.durable[w.key] = w.value
	}
	for _, w := range d.pending[n:] {
		if value, ok := d.durable[w.key]; ok {
			d.view[w.key] = value
		} else {
			delete(d.view, w.key)
		}
	}
	d.pending = nil
}

// crash keeps what is durable and a random prefix of the writes that are not.
func (d *Disk) crash(random *Rand) { d.settle(int(random.Below(uint64(len(d.pending) + 1)))) }
