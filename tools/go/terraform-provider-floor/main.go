// A provider that answers at once: what an engine and its plugin protocol take by themselves. It knows no server, keeps every state as
// it is and plans what the engine proposes. Besides eventloom_floor, which has one text, it has the resource types of the file that
// FLOOR_SCHEMA names, as "terraform providers schema -json" prints them.
package main

import (
	"context"
	"encoding/json"
	"log"
	"os"
	"sort"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

type attribute struct {
	Type     json.RawMessage `json:"type"`
	Nested   *nested         `json:"nested_type"`
	Required bool            `json:"required"`
	Optional bool            `json:"optional"`
	Computed bool            `json:"computed"`
}

type nested struct {
	Attributes map[string]attribute `json:"attributes"`
	Mode       string               `json:"nesting_mode"`
}

type schema struct {
	Version int64 `json:"version"`
	Block   struct {
		Attributes map[string]attribute `json:"attributes"`
	} `json:"block"`
}

type printed struct {
	Providers map[string]struct {
		Provider  schema            `json:"provider"`
		Resources map[string]schema `json:"resource_schemas"`
	} `json:"provider_schemas"`
}

func attributes(of map[string]attribute) ([]*tfprotov6.SchemaAttribute, error) {
	found := []*tfprotov6.SchemaAttribute{}
	for name, each := range of {
		one := &tfprotov6.SchemaAttribute{Name: name, Required: each.Required, Optional: each.Optional, Computed: each.Computed}
		if each.Nested == nil {
			// the only way from this JSON to a type, and kept for that
			kind, err := tftypes.ParseJSONType(each.Type) //nolint:staticcheck
			if err != nil {
				return nil, err
			}
			one.Type = kind
		} else {
			inner, err := attributes(each.Nested.Attributes)
			if err != nil {
				return nil, err
			}
			one.NestedType = &tfprotov6.SchemaObject{Attributes: inner, Nesting: tfprotov6.SchemaObjectNestingModeSingle}
			if each.Nested.Mode == "list" {
				one.NestedType.Nesting = tfprotov6.SchemaObjectNestingModeList
			}
		}
		found = append(found, one)
	}
	sort.Slice(found, func(a, b int) bool { return found[a].Name < found[b].Name })
	return found, nil
}

func wire(of schema) (*tfprotov6.Schema, error) {
	found, err := attributes(of.Block.Attributes)
	if err != nil {
		return nil, err
	}
	return &tfprotov6.Schema{Version: of.Version, Block: &tfprotov6.SchemaBlock{Version: of.Version, Attributes: found}}, nil
}

// Every call that an engine makes for a plan; it makes no other.
type floor struct{ tfprotov6.ProviderServer }

var able = &tfprotov6.ServerCapabilities{GetProviderSchemaOptional: true, PlanDestroy: true}

func (floor) GetMetadata(context.Context, *tfprotov6.GetMetadataRequest) (*tfprotov6.GetMetadataResponse, error) {
	return &tfprotov6.GetMetadataResponse{ServerCapabilities: able}, nil
}

func (floor) GetProviderSchema(context.Context, *tfprotov6.GetProviderSchemaRequest) (*tfprotov6.GetProviderSchemaResponse, error) {
	text := &tfprotov6.SchemaAttribute{Name: "input", Type: tftypes.String, Required: true}
	own := &tfprotov6.Schema{Version: 1, Block: &tfprotov6.SchemaBlock{Version: 1, Attributes: []*tfprotov6.SchemaAttribute{text}}}
	answer := &tfprotov6.GetProviderSchemaResponse{
		ServerCapabilities: able,
		Provider:           &tfprotov6.Schema{Block: &tfprotov6.SchemaBlock{}},
		ResourceSchemas:    map[string]*tfprotov6.Schema{"eventloom_floor": own},
	}
	file := os.Getenv("FLOOR_SCHEMA")
	if file == "" {
		return answer, nil
	}
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var all printed
	if err := json.Unmarshal(content, &all); err != nil {
		return nil, err
	}
	for _, each := range all.Providers {
		if answer.Provider, err = wire(each.Provider); err != nil {
			return nil, err
		}
		for name, resource := range each.Resources {
			if answer.ResourceSchemas[name], err = wire(resource); err != nil {
				return nil, err
			}
		}
	}
	return answer, nil
}

func (floor) GetResourceIdentitySchemas(context.Context, *tfprotov6.GetResourceIdentitySchemasRequest) (*tfprotov6.GetResourceIdentitySchemasResponse, error) {
	return &tfprotov6.GetResourceIdentitySchemasResponse{}, nil
}

func (floor) GetFunctions(context.Context, *tfprotov6.GetFunctionsRequest) (*tfprotov6.GetFunctionsResponse, error) {
	return &tfprotov6.GetFunctionsResponse{}, nil
}

func (floor) ValidateProviderConfig(_ context.Context, asked *tfprotov6.ValidateProviderConfigRequest) (*tfprotov6.ValidateProviderConfigResponse, error) {
	return &tfprotov6.ValidateProviderConfigResponse{PreparedConfig: asked.Config}, nil
}

func (floor) ConfigureProvider(context.Context, *tfprotov6.ConfigureProviderRequest) (*tfprotov6.ConfigureProviderResponse, error) {
	return &tfprotov6.ConfigureProviderResponse{}, nil
}

func (floor) StopProvider(context.Context, *tfprotov6.StopProviderRequest) (*tfprotov6.StopProviderResponse, error) {
	return &tfprotov6.StopProviderResponse{}, nil
}

func (floor) ValidateResourceConfig(context.Context, *tfprotov6.ValidateResourceConfigRequest) (*tfprotov6.ValidateResourceConfigResponse, error) {
	return &tfprotov6.ValidateResourceConfigResponse{}, nil
}

func (floor) UpgradeResourceState(_ context.Context, asked *tfprotov6.UpgradeResourceStateRequest) (*tfprotov6.UpgradeResourceStateResponse, error) {
	return &tfprotov6.UpgradeResourceStateResponse{UpgradedState: &tfprotov6.DynamicValue{JSON: asked.RawState.JSON}}, nil
}

func (floor) ReadResource(_ context.Context, asked *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	return &tfprotov6.ReadResourceResponse{NewState: asked.CurrentState, Private: asked.Private}, nil
}

func (floor) PlanResourceChange(_ context.Context, asked *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	return &tfprotov6.PlanResourceChangeResponse{PlannedState: asked.ProposedNewState, PlannedPrivate: asked.PriorPrivate}, nil
}

func main() {
	start := func() tfprotov6.ProviderServer { return floor{} }
	if err := tf6server.Serve("eventloom.internal/eventloom/eventloom", start); err != nil {
		log.Fatal(err)
	}
}
