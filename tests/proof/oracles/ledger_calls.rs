//! Rule 6, the calls to the ledger: one UpdateItem for each upload and each result, one Query for each look, and none for
//! a route without results.

use crate::{
    call::Request,
    event_log::{EventLog, Invocation, Signal},
    plan::Plan,
};

/// The looks of an invocation at one endpoint: the first one, two last looks of a sleep, and the look after it.
const LOOKS: usize = 4;

/// The pages of one look.
const PAGES: usize = 20;

pub fn violation(plan: &Plan, log: &EventLog) -> Option<String> {
    log.invocations.iter().find_map(|made| {
        (0..plan.endpoints.len()).find_map(|endpoint| {
            let name = &plan.endpoints[endpoint].name;
            let calls = made.calls.iter().map(|call| &call.request);
            let of_ledger: Vec<&Request> = calls
                .filter(|request| request.is_of_ledger() && request.endpoint() == Some(name))
                .collect();
            let is_connected = plan.endpoints[endpoint].results;
            let why = match is_connected {
                true => too_many(plan, made, &of_ledger, endpoint),
                false => (!of_ledger.is_empty()).then(|| "whose results are not connected".into()),
            }?;
            Some(format!("{} ({:?}) called the ledger for {name}: {why}", made.cause, made.signal))
        })
    })
}

fn too_many(plan: &Plan, made: &Invocation, calls: &[&Request], endpoint: usize) -> Option<String> {
    let name = &plan.endpoints[endpoint].name;
    let count = |is_it: fn(&Request) -> bool| calls.iter().filter(|call| is_it(call)).count();
    let uploads = count(|call| matches!(call, Request::AddUpload(..)));
    let results = count(|call| matches!(call, Request::AddResult(..)));
    let queries = count(|call| matches!(call, Request::Items(_, None)));
    let pages = count(|call| matches!(call, Request::Items(..)));
    // Each look but the first and the one after a sleep reads the endpoint.
    let describe = Request::Endpoint(name.clone());
    let looks = made.calls.iter().filter(|call| call.request == describe).count();
    let variants = plan.variants(endpoint);
    let most = match made.signal {
        // Each variant records the inputs and the results of its endpoint.
        Signal::Input(_) | Signal::Result(_) => {
            let uploads = made.messages.iter().filter(|message| message.is_upload).count();
            (variants * uploads, variants * (made.messages.len() - uploads), 0)
        }
        Signal::Invocation(..) => (0, 0, variants),
        Signal::Tick | Signal::Status(_) | Signal::Command(..) => {
            (0, 0, variants * if looks > variants { LOOKS } else { 1 })
        }
        Signal::Alarm(_) | Signal::Inputs(_) | Signal::Foreign => (0, 0, 0),
    };
    let is_too_many =
        uploads > most.0 || results > most.1 || queries > most.2 || pages > most.2 * PAGES;
    is_too_many
        .then(|| format!("{uploads} uploads, {results} results, {queries} queries, {pages} pages"))
}
