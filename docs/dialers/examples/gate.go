// Asks the call gate, and places a call only if it is allowed. Standard library only.
//
//	go run gate.go CALL_ID AGENT_ID DESTINATION COMMAND...
//
// works as dial.sh does.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// ErrNotDecided: do not dial; ask again later, with the same call id.
var ErrNotDecided = errors.New("the call gate gave no decision")

// ErrNotSettled: settle again later; never dial again for it.
var ErrNotSettled = errors.New("the call gate did not take the settlement")

// ErrNotPlaced is returned by a dial function when it is certain that there was no call.
var ErrNotPlaced = errors.New("the call was not placed")

// Denied says why the gate denied the call.
type Denied struct{ ReasonCode string }

func (d *Denied) Error() string { return "deny " + d.ReasonCode }

// RequestRefused is a request that the gate refused. Retrying does not help.
type RequestRefused struct {
	Status int
	Code   string
}

func (r *RequestRefused) Error() string { return fmt.Sprintf("the call gate answered %d %s", r.Status, r.Code) }

// Outcome is how a call went.
type Outcome struct {
	Disposition     string
	DurationSeconds *int
}

// Gate asks one Ringfence. Timeout is that of one request; the gate itself gives up after 2 seconds.
type Gate struct {
	URL, APIKey string
	Timeout     time.Duration
	Attempts    int
}

type decision struct {
	Allowed         bool
	AuthorizationID string `json:"authorizationId"`
	ReasonCode      string `json:"reasonCode"`
	From            *struct{ PhoneNumber string }
	Destination     struct{ PhoneNumber string }
}

// Place asks the gate and dials if the call is allowed. callID is the dialer's own id of the call, the same in each retry.
func (g *Gate) Place(callID, agentID, destination string, dial func(from, to, authorizationID string) (*Outcome, error)) error {
	var d decision
	body := map[string]any{"agentId": agentID, "destination": destination}
	if err := g.post("authorize", callID, body, &d); err != nil {
		return err
	}
	if !d.Allowed || d.From == nil {
		return &Denied{d.ReasonCode}
	}
	outcome, err := dial(d.From.PhoneNumber, d.Destination.PhoneNumber, d.AuthorizationID)
	if errors.Is(err, ErrNotPlaced) {
		return errors.Join(err, g.settle("void", map[string]any{"authorizationId": d.AuthorizationID, "reason": "not_dialed"}))
	}
	if err != nil {
		return err
	}
	settlement := map[string]any{"authorizationId": d.AuthorizationID, "disposition": outcome.Disposition}
	if outcome.DurationSeconds != nil {
		settlement["durationSeconds"] = *outcome.DurationSeconds
	}
	return g.settle("complete", settlement)
}

func (g *Gate) settle(path string, body any) error {
	err := g.post(path, "", body, nil)
	var refused *RequestRefused
	// 409: the call was settled before, or can no longer be given back.
	if errors.As(err, &refused) && refused.Status == http.StatusConflict {
		return nil
	}
	if errors.Is(err, ErrNotDecided) {
		return ErrNotSettled
	}
	return err
}

func (g *Gate) post(path, callID string, body, answer any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	for attempt := 1; ; attempt++ {
		again, wait, err := g.try(path, callID, text, answer)
		if !again {
			return err
		}
		if attempt >= g.Attempts {
			return ErrNotDecided
		}
		time.Sleep(wait)
	}
}

// try sends the request once; again says that there was no decision, and wait how long the gate asks to wait.
func (g *Gate) try(path, callID string, text []byte, answer any) (again bool, wait time.Duration, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), g.Timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, g.URL+"/api/v1/call-gate/"+path, bytes.NewReader(text))
	if err != nil {
		return false, 0, err
	}
	request.Header.Set("Authorization", "Bearer "+g.APIKey)
	request.Header.Set("Content-Type", "application/json")
	if callID != "" {
		request.Header.Set("Idempotency-Key", callID)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return true, time.Second, nil
	}
	defer response.Body.Close()
	if response.StatusCode == http.StatusOK {
		if answer == nil {
			return false, 0, nil
		}
		// An answer that broke off is no decision.
		return json.NewDecoder(response.Body).Decode(answer) != nil, time.Second, nil
	}
	if response.StatusCode < 500 && response.StatusCode != http.StatusTooManyRequests {
		var problem struct{ Code string }
		_ = json.NewDecoder(response.Body).Decode(&problem)
		return false, 0, &RequestRefused{response.StatusCode, problem.Code}
	}
	if seconds, err := strconv.Atoi(response.Header.Get("Retry-After")); err == nil && seconds >= 0 {
		return true, time.Duration(seconds) * time.Second, nil
	}
	return true, time.Second, nil
}

func main() {
	if len(os.Args) < 5 {
		fmt.Fprintln(os.Stderr, "usage: gate CALL_ID AGENT_ID DESTINATION COMMAND...")
		os.Exit(1)
	}
	command := os.Args[4:]
	timeout := 3 * time.Second
	if seconds, err := strconv.ParseFloat(os.Getenv("RINGFENCE_TIMEOUT"), 64); err == nil {
		timeout = time.Duration(seconds * float64(time.Second))
	}
	gate := &Gate{URL: os.Getenv("RINGFENCE_URL"), APIKey: os.Getenv("RINGFENCE_KEY"), Timeout: timeout, Attempts: 3}
	err := gate.Place(os.Args[1], os.Args[2], os.Args[3], func(from, to, authorizationID string) (*Outcome, error) {
		arguments := append(append([]string{}, command[1:]...), from, to, authorizationID)
		printed, err := exec.Command(command[0], arguments...).Output()
		words := strings.Fields(string(printed))
		if err != nil || len(words) == 0 {
			return nil, ErrNotPlaced
		}
		outcome := &Outcome{Disposition: words[0]}
		if len(words) > 1 {
			if seconds, err := strconv.Atoi(words[1]); err == nil {
				outcome.DurationSeconds = &seconds
			}
		}
		return outcome, nil
	})
	os.Exit(exitCode(err))
}

func exitCode(err error) int {
	var denied *Denied
	switch {
	case err == nil:
		return 0
	case errors.As(err, &denied):
		fmt.Println(err)
		return 2
	case errors.Is(err, ErrNotDecided):
		return 75
	case errors.Is(err, ErrNotSettled):
		return 76
	default:
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
}
