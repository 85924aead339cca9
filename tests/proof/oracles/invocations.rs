//! Invocations that CloudTrail reports, with results: one that the ledger explains writes nothing, and only such a one
//! counts as explained.

use jiff::{SignedDuration, Timestamp};
use reactive_scaler::ledger::Standing;

use crate::{
    call::{Request, Response},
    event_log::{EventLog, Invocation, InvocationEnd, Signal},
    plan::Plan,
};

const SPAN: SignedDuration = SignedDuration::from_mins(15);

/// Rule 4: work that is done does not wake an endpoint again, and its lease does not keep it awake.
pub fn for_nothing(plan: &Plan, log: &EventLog) -> Option<String> {
    of_results(plan, log).find_map(|(made, _, at)| {
        // Not all pages could be read.
        if matches!(&made.end, InvocationEnd::Failed(text) if text.contains("Query")) {
            return None;
        }
        let write = made.calls.iter().find(|call| call.request.operation().is_write())?;
        read_explanation(made, at).then(|| {
            format!("{} wrote {:?}, and the ledger explains {at}", made.cause, write.request)
        })
    })
}

/// Rule 1: other work is not taken for an upload that the ledger has.
pub fn unexplained(plan: &Plan, log: &EventLog) -> Option<String> {
    of_results(plan, log).find_map(|(made, endpoint, at)| {
        let InvocationEnd::Answered(answer) = &made.end else { return None };
        let decision = &answer["decisions"][0];
        if decision["reason"] != "invocation_seen" || decision["action"] != "none" {
            return None;
        }
        // A container remembers an upload that it has read.
        let name = &plan.endpoints[endpoint].name;
        let remembered = log.invocations.iter().flat_map(|made| &made.calls).any(|call| {
            matches!(&call.request, Request::AddUpload(of, _, _, touched)
                if of == name && touched.duration_since(at).abs() <= SPAN)
                && call.effect.as_ref().is_some_and(|effect| effect.accepted)
        });
        let is_explained = read_explanation(made, at) || made.calls.is_empty() && remembered;
        (!is_explained)
            .then(|| format!("{} was passed over, and nothing explains {at}", made.cause))
    })
}

/// The invocations for CloudTrail events about endpoints with results.
fn of_results<'a>(
    plan: &'a Plan,
    log: &'a EventLog,
) -> impl Iterator<Item = (&'a Invocation, usize, Timestamp)> {
    log.invocations
        .iter()
        .filter_map(|made| match made.signal {
            Signal::Invocation(endpoint, at) => Some((made, endpoint, at)),
            _ => None,
        })
        .filter(|(_, endpoint, _)| plan.endpoints[*endpoint].results)
}

/// Whether it read an item that explains a call at this time.
fn read_explanation(made: &Invocation, at: Timestamp) -> bool {
    made.answers().iter().any(|(_, effect, _)| match &effect.response {
        Response::Items(page) => page.items.iter().any(|item| {
            matches!(item.standing(), Standing::Outstanding | Standing::Finished)
                && item.touched_at.is_some_and(|it| it.duration_since(at).abs() <= SPAN)
        }),
        _ => false,
    })
}
