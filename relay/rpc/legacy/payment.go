package legacy

import (
	"context"
	"fmt"

	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/rpc/jsonrpc"
	"github.com/rampart-chain/rampart/relay/rpc/wire"
	"github.com/rampart-chain/rampart/relay/runtime/api"
	"github.com/rampart-chain/rampart/relay/scale"
)

// payment are the methods about fees.
func (m *methods) payment() []jsonrpc.Method {
	params := []string{"encoded_xt", "at"}
	return []jsonrpc.Method{
		{Name: "payment_queryInfo", Access: jsonrpc.Safe, Heavy: true, Params: params, Call: m.queryInfo},
		{Name: "payment_queryFeeDetails", Access: jsonrpc.Safe, Heavy: true, Params: params, Call: m.queryFeeDetails},
	}
}

// dispatchInfo is an api.RuntimeDispatchInfo as JSON has it.
//
// Source: polkadot-sdk substrate/frame/transaction-payment/src/types.rs.
type dispatchInfo struct {
	Weight struct {
		RefTime   uint64 `json:"ref_time"`
		ProofSize uint64 `json:"proof_size"`
	} `json:"weight"`
	Class      string `json:"class"`
	PartialFee string `json:"partialFee"`
}

// classes are the names of dispatch classes.
var classes = map[frame.DispatchClass]string{frame.Normal: "normal", frame.Operational: "operational", frame.Mandatory: "mandatory"}

// queryInfo is payment_queryInfo.
func (m *methods) queryInfo(_ context.Context, p jsonrpc.Params) (any, error) {
	var info api.RuntimeDispatchInfo
	if err := m.queryPayment(p, "TransactionPaymentApi_query_info", "Unable to query dispatch info.", &info); err != nil {
		return nil, err
	}
	out := dispatchInfo{Class: classes[info.Class], PartialFee: info.PartialFee.String()}
	out.Weight.RefTime, out.Weight.ProofSize = info.Weight.RefTime, info.Weight.ProofSize
	return out, nil
}

// feeDetails is an api.FeeDetails as JSON has it, amounts in hexadecimal digits.
//
// Source: polkadot-sdk substrate/frame/transaction-payment/src/types.rs; sp-rpc NumberOrHex.
type feeDetails struct {
	InclusionFee *inclusionFee `json:"inclusionFee"`
}

type inclusionFee struct {
	BaseFee           string `json:"baseFee"`
	LenFee            string `json:"lenFee"`
	AdjustedWeightFee string `json:"adjustedWeightFee"`
}

// queryFeeDetails is payment_queryFeeDetails.
func (m *methods) queryFeeDetails(_ context.Context, p jsonrpc.Params) (any, error) {
	var details api.FeeDetails
	if err := m.queryPayment(p, "TransactionPaymentApi_query_fee_details", "Unable to query fee details.", &details); err != nil {
		return nil, err
	}
	var out feeDetails
	if f := details.InclusionFee; f != nil {
		out.InclusionFee = &inclusionFee{hexAmount(f.BaseFee), hexAmount(f.LenFee), hexAmount(f.AdjustedWeightFee)}
	}
	return out, nil
}

// hexAmount returns an amount in as few hexadecimal digits as it needs.
func hexAmount(b primitives.Balance) string {
	if b.Hi == 0 {
		return fmt.Sprintf("%#x", b.Lo)
	}
	return fmt.Sprintf("%#x%016x", b.Hi, b.Lo)
}

// queryPayment makes a runtime call about an extrinsic and its length, and decodes
// the result.
func (m *methods) queryPayment(p jsonrpc.Params, call, message string, into scale.Unmarshaler) error {
	var x wire.Bytes
	b, err := m.about(p, &x, message, message)
	if err != nil {
		return err
	}
	result, err := m.call(b, call, scale.AppendU32(x[:len(x):len(x)], uint32(len(x))))
	if err != nil {
		return tell(message, err)
	}
	return scale.Unmarshal(result, into)
}
