//! Rule 6 while DescribeEndpoint fails: calls grow with containers, never with uploads.

use jiff::SignedDuration;

use crate::{
    call::{Ask, Shown},
    history::{CallMade, History, lives},
    plan::Plan,
};

/// Uploads of one endpoint within this time are one burst.
const BURST: SignedDuration = SignedDuration::from_secs(8);

/// Uploads that make a burst.
const MANY: usize = 10;

/// Calls that a burst may cost in one container, whatever its size: a look with all that a wake needs
/// every two seconds.
const MOST: usize = 28;

pub fn broken(_: &Plan, history: &History) -> Option<String> {
    lives(history).values().find_map(|life| {
        history.ids.iter().enumerate().find_map(|(endpoint, id)| {
            let inputs: Vec<_> = life
                .iter()
                .map(|number| &history.invocations[*number])
                .filter(|made| made.signal.is_input_for(endpoint) && made.attempt == 0)
                .collect();
            inputs.iter().find_map(|first| {
                let within = |at| first.began.at <= at && at < first.began.at + BURST;
                let burst = inputs.iter().filter(|made| within(made.began.at));
                let calls = || burst.clone().flat_map(|made| &made.calls);
                let unread = |call: &CallMade| {
                    let shown = call.effect.as_ref().map(|effect| &effect.shown);
                    matches!(call.ask, Ask::Endpoint(_)) && matches!(shown, Some(Shown::Failed(_)))
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
