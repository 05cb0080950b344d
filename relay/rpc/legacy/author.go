package legacy

import (
	"context"
	"errors"
	"fmt"

	"github.com/rampart-chain/rampart/relay/pallet/executive"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/rpc/jsonrpc"
	"github.com/rampart-chain/rampart/relay/rpc/wire"
	"github.com/rampart-chain/rampart/relay/txpool"
)

// author are the methods about the transaction pool.
func (m *methods) author() []jsonrpc.Method {
	if m.Transactions == nil {
		return nil
	}
	return []jsonrpc.Method{
		{Name: "author_submitExtrinsic", Access: jsonrpc.Safe, Params: []string{"extrinsic"}, Call: m.submit},
		{Name: "author_pendingExtrinsics", Access: jsonrpc.Safe, Heavy: true, Call: m.pending},
	}
}

// authorSubscriptions are the subscriptions to what becomes of transactions.
func (m *methods) authorSubscriptions() []jsonrpc.Subscription {
	if m.Transactions == nil {
		return nil
	}
	return []jsonrpc.Subscription{{
		Name: "author_submitAndWatchExtrinsic", Unsubscribe: "author_unwatchExtrinsic", Notification: "author_extrinsicUpdate",
		Access: jsonrpc.Safe, Params: []string{"bytes"}, Run: m.submitAndWatch,
	}}
}

// submit is author_submitExtrinsic.
func (m *methods) submit(ctx context.Context, p jsonrpc.Params) (any, error) {
	var encoded wire.Bytes
	if err := p.Read(1, &encoded); err != nil {
		return nil, err
	}
	x, err := wire.Unwrap(encoded)
	if err != nil {
		return nil, &jsonrpc.Error{Code: codeAuthor, Message: "Client error: " + err.Error()}
	}
	id, err := m.Transactions.Submit(ctx, x)
	if err != nil {
		return nil, poolError(err, x)
	}
	return id.String(), nil
}

// pending is author_pendingExtrinsics.
func (m *methods) pending(ctx context.Context, p jsonrpc.Params) (any, error) {
	if err := p.Read(0); err != nil {
		return nil, err
	}
	list, err := m.Transactions.Pending(ctx)
	if err != nil {
		return nil, err
	}
	room := allowance(maxResult)
	for _, x := range list {
		if err := room.take(len(x)); err != nil {
			return nil, err
		}
	}
	return wire.WrapAll(list), nil
}

// submitAndWatch is author_submitAndWatchExtrinsic. It ends after the last status.
func (m *methods) submitAndWatch(ctx context.Context, p jsonrpc.Params, sink *jsonrpc.Sink) error {
	var encoded wire.Bytes
	if err := p.Read(1, &encoded); err != nil {
		return err
	}
	x, err := wire.Unwrap(encoded)
	if err != nil {
		return &jsonrpc.Error{Code: codeFormat, Message: "Extrinsic has invalid format: " + err.Error()}
	}
	w, err := m.Transactions.Watch(ctx, x)
	if err != nil {
		return poolError(err, x)
	}
	defer w.Close()
	if err := sink.Accept(ctx); err != nil {
		return err
	}
	for {
		s, err := w.Next(ctx)
		if err != nil {
			return &jsonrpc.Error{Code: codeAuthor, Message: "Client error: " + err.Error()}
		}
		if err := sink.Send(ctx, showStatus(s)); err != nil {
			return err
		}
		if s.Final() {
			return nil
		}
	}
}

// showStatus returns a status as JSON has it.
//
// Source: polkadot-sdk substrate/client/transaction-pool/api/src/lib.rs, TransactionStatus.
func showStatus(s txpool.Status) any {
	of := func(v any) any { return map[string]any{string(s.Kind): v} }
	switch s.Kind {
	case txpool.StatusBroadcast:
		return of(present(s.Peers))
	case txpool.StatusInBlock, txpool.StatusRetracted, txpool.StatusFinalityTimeout, txpool.StatusFinalized:
		return of(s.Block.Hash.String())
	case txpool.StatusUsurped:
		return of(s.By.String())
	}
	return string(s.Kind)
}

// poolError returns what a client is told of a refusal by the pool; err itself if
// it is none.
//
// Source: polkadot-sdk substrate/client/rpc-api/src/author/error.rs.
func poolError(err error, x primitives.Extrinsic) error {
	var why txpool.Reason
	if !errors.As(err, &why) {
		return err
	}
	fault := func(code int, message string, data any) error {
		return &jsonrpc.Error{Code: code, Message: message, Data: data}
	}
	switch code := txpool.Code(err); code {
	case txpool.CodeInvalid:
		return invalidity(err)
	case txpool.CodeBanned:
		return fault(code, "Transaction is temporarily banned", nil)
	case txpool.CodeAlreadyImported:
		return fault(code, "Transaction Already Imported", txpool.Hash(x).String())
	case txpool.CodePriorityTooLow:
		message := "Priority is too low"
		var of txpool.PriorityError
		if errors.As(err, &of) {
			message = fmt.Sprintf("Priority is too low: (%d vs %d)", of.Old, of.New)
		}
		return fault(code, message, "The transaction has too low priority to replace another transaction already in the pool.")
	case txpool.CodeCycle:
		return fault(code, "Cycle Detected", nil)
	case txpool.CodeDropped:
		if why != txpool.ErrDropped {
			return fault(code, "Immediately Dropped", err.Error())
		}
		return fault(code, "Immediately Dropped", "The transaction couldn't enter the pool because of the limit")
	case txpool.CodeUnactionable:
		return fault(code, "Unactionable", "The transaction is unactionable since it is not propagable and the local node does not author blocks")
	case txpool.CodeNoTags:
		return fault(code, "No tags provided", "Transaction does not provide any tags, so the pool can't identify it")
	}
	return fault(txpool.CodeUnknown, "Unknown Transaction Validity", err.Error())
}

// kinds are reasons for which a transaction is invalid as Substrate's clients know
// them.
//
// Source: polkadot-sdk substrate/primitives/runtime/src/transaction_validity.rs.
var kinds = []struct {
	reason error
	text   string
	// unknown says that it is an UnknownTransaction, not an InvalidTransaction.
	unknown bool
}{
	{executive.ErrCall, "Transaction call is not expected", false},
	{executive.ErrPayment, "Inability to pay some fees (e.g. account balance too low)", false},
	{executive.ErrFuture, "Transaction will be valid in the future", false},
	{executive.ErrStale, "Transaction is outdated", false},
	{executive.ErrBadProof, "Transaction has a bad signature", false},
	{executive.ErrScheme, "Transaction has a bad signature", false},
	{executive.ErrAncientBirthBlock, "Transaction has an ancient birth block", false},
	{executive.ErrExhaustsResources, "Transaction would exhaust the block limits", false},
	{executive.ErrOversize, "Transaction would exhaust the block limits", false},
	{executive.ErrMandatory, "A call was labelled as mandatory, but resulted in an Error.", false},
	{executive.ErrInherent, "Transaction dispatch is mandatory; transactions must not be validated.", false},
	{executive.ErrSigner, "CannotLookup", true},
	{executive.ErrMetadataMode, "CannotLookup", true},
	{executive.ErrUnsigned, "NoUnsignedValidator", true},
	{txpool.ErrStale, "Transaction is outdated", false},
	{txpool.ErrIncluded, "Transaction is outdated", false},
	{txpool.ErrSize, "Transaction would exhaust the block limits", false},
}

// invalidity returns what a client is told of an invalid transaction, in the words
// of kinds if they have any.
func invalidity(err error) error {
	for _, k := range kinds {
		switch {
		case !errors.Is(err, k.reason):
		case k.unknown:
			return &jsonrpc.Error{Code: txpool.CodeUnknown, Message: "Unknown Transaction Validity", Data: k.text}
		default:
			return &jsonrpc.Error{Code: txpool.CodeInvalid, Message: "Invalid Transaction", Data: k.text}
		}
	}
	return &jsonrpc.Error{Code: txpool.CodeInvalid, Message: "Invalid Transaction", Data: err.Error()}
}
