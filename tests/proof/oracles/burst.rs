//! Rule 6 while DescribeEndpoint fails: the number of calls depends on the number of containers,
//! not on the number of uploads.

use jiff::SignedDuration;

use crate::{
    call::{Request, Response},
    event_log::{CallMade, EventLog, lives},
    plan::Plan,
};

/// Uploads for one endpoint within this time are one burst.
const BURST: SignedDuration = SignedDuration::from_secs(8);

/// The minimum number of uploads in a burst.
const MANY: usize = 10;

/// The maximum number of calls for a burst in one container: all reads of a wake, every two
/// seconds.
const MOST: usize = 28;

pub fn violation(_: &Plan, log: &EventLog) -> Option<String> {
    lives(log).values().find_map(|life| {
        log.ids.iter().enumerate().find_map(|(endpoint, id)| {
            let inputs: Vec<_> = life
                .iter()
                .map(|number| &log.invocations[*number])
                .filter(|made| made.signal.is_input_for(endpoint) && made.attempt == 0)
                .collect();
            inputs.iter().find_map(|first| {
                let within = |at| first.began.at <= at && at < first.began.at + BURST;
                let burst = inputs.iter().filter(|made| within(made.began.at));
                let calls = || burst.clone().flat_map(|made| &made.calls);
                let unread = |call: &CallMade| {
                    let shown = call.effect.as_ref().map(|effect| &effect.response);
                    matches!(call.request, Request::Endpoint(_))
                        && matches!(shown, Some(Response::Failed(_)))
                };
                let (uploads, made) = (burst.clone().count(), calls().count());
                (uploads >= MANY && calls().any(unread) && made > MOST).then(|| {
                    format!(
                        "{uploads} uploads for {id} from {} on made {made} calls",
                        first.began.at
                    )
                })
            })
        })
    })
}
