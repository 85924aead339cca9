//! What happened when, in the field's words.

use jiff::Timestamp;
use reactive_scaler::lease::WATCH;
use serde::Serialize;
use simulator::{Actor, Entry, Event};

use super::{
    invocation::{Invocation, Trigger},
    state::State,
    story::{Story, clock},
    wording,
};

/// What kind of thing a line tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// An input was uploaded.
    Upload,
    /// A request entered the queue, or left it without a result.
    Backlog,
    /// S3's event invoked the function.
    Event,
    /// The schedule invoked the function.
    Tick,
    /// A higher capacity was requested.
    ScaleOut,
    /// A lower capacity was requested.
    ScaleIn,
    /// The lease was written.
    Lease,
    /// The lease ended: from now on ticks judge.
    LeaseOver,
    /// `MinCapacity` of the scalable target was changed.
    Floor,
    /// Instances came into service.
    InService,
    /// A request was picked up by an instance.
    Picked,
    /// A request was processed.
    Completed,
    /// No instance is left.
    AtZero,
    /// A scheduled action ran.
    ScheduledAction,
    /// Anything else.
    Other,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Line {
    /// The simulated time.
    pub at: Timestamp,
    /// The same, counted from the upload.
    pub since_upload_seconds: i64,
    /// What kind of thing happened.
    pub kind: Kind,
    /// What happened.
    pub what: String,
    /// Which of the story's invocations this was, where it was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invocation: Option<usize>,
}

/// Tells the story in order.
pub fn of(story: &Story) -> Vec<Line> {
    let mut teller =
        Teller { input: &story.input, uploaded_at: story.uploaded_at, lines: Vec::new() };
    let mut told = 0;
    let mut before: Option<&State> = None;
    for (number, invocation) in story.invocations.iter().enumerate() {
        let (begin, end) = invocation.journal;
        teller.entries(story.journal.get(told..begin).unwrap_or_default());
        teller.lease_over(before, invocation.at);
        teller.invocation(number, invocation);
        for event in &invocation.events {
            teller.event(invocation.at, event);
        }
        let after = invocation.after.first();
        teller.records(invocation, before, after);
        before = after;
        told = end;
    }
    teller.entries(story.journal.get(told..).unwrap_or_default());
    // What belongs together was told together; a lease's end lies between.
    teller.lines.sort_by_key(|line| line.at);
    teller.lines
}

struct Teller<'a> {
    input: &'a str,
    uploaded_at: Timestamp,
    lines: Vec<Line>,
}

impl Teller<'_> {
    fn tell(&mut self, at: Timestamp, kind: Kind, what: String) {
        let since_upload_seconds = at.duration_since(self.uploaded_at).as_secs();
        self.lines.push(Line { at, since_upload_seconds, kind, what, invocation: None });
    }

    fn invocation(&mut self, number: usize, invocation: &Invocation) {
        let kind = match invocation.trigger {
            Trigger::Tick => Kind::Tick,
            Trigger::Upload | Trigger::File(_) => Kind::Event,
        };
        let what = match invocation.trigger {
            Trigger::Tick => format!("tick: {}", wording::outcome(invocation)),
            _ => format!("S3's event invokes the function: {}", wording::outcome(invocation)),
        };
        self.tell(invocation.at, kind, what);
        if let Some(line) = self.lines.last_mut() {
            line.invocation = Some(number);
        }
    }

    fn entries(&mut self, entries: &[Entry]) {
        for entry in entries {
            if let Entry::Event(at, event) = entry {
                self.event(*at, event);
            }
        }
    }

    fn event(&mut self, at: Timestamp, event: &Event) {
        let (kind, what) = match event {
            Event::Uploaded(_) => (Kind::Upload, format!("an input is uploaded: {}", self.input)),
            Event::Queued(_) => {
                (Kind::Backlog, "backlog: its request waits in the endpoint's queue".into())
            }
            Event::Picked(_) => (Kind::Picked, "the request is picked up".into()),
            Event::Completed(_) => (Kind::Completed, "the request is completed".into()),
            Event::InvocationRefused(_) => (Kind::Backlog, "the request is refused".into()),
            Event::Killed(_) => (Kind::Backlog, "the request is lost with its instance".into()),
            Event::Expired(_) => (Kind::Backlog, "the request has expired".into()),
            Event::CapacityRequested { from, to, by, .. } => {
                let (kind, name) =
                    if to > from { (Kind::ScaleOut, "out") } else { (Kind::ScaleIn, "in") };
                let who = match by {
                    Actor::Caller => "",
                    Actor::AutoScaling => " by Application Auto Scaling",
                    Actor::Person => " by a person",
                };
                (kind, format!("scale {name}{who}: desired capacity {from} -> {to}"))
            }
            Event::InService(_, count) => {
                (Kind::InService, format!("in service: {}", wording::instances(*count)))
            }
            Event::AtZero(_) => (Kind::AtZero, "back at zero instances".into()),
            Event::CapacityFailed(_) => (Kind::Other, "the capacity was not to be had".into()),
            Event::Status(_, status) => {
                (Kind::Other, format!("the endpoint is {}", status.as_str()))
            }
            Event::Deleted(name) => (Kind::Other, format!("{name} is deleted")),
            Event::ActionRan(_, name) => (
                Kind::ScheduledAction,
                format!("scheduled action {name} runs: MinCapacity 0 whatever came before"),
            ),
            Event::ActionMissed(_, name) => {
                (Kind::ScheduledAction, format!("scheduled action {name} is missed"))
            }
            Event::AlarmChanged { alarm, to, .. } => {
                (Kind::Other, format!("alarm {alarm} is in {}", to.as_str()))
            }
            Event::AlarmNotified { alarm, action, .. } => {
                (Kind::Other, format!("alarm {alarm} tells {action}"))
            }
        };
        self.tell(at, kind, what);
    }

    /// What an invocation changed in Application Auto Scaling. That the lease moved on is told
    /// with the invocation itself.
    fn records(&mut self, invocation: &Invocation, before: Option<&State>, after: Option<&State>) {
        let wrote = |name: &str| invocation.writes().any(|call| call.operation.as_str() == name);
        let at = invocation.at;
        let release_at = after.and_then(|after| after.release_at);
        let had_lease = before.is_some_and(|before| before.release_at.is_some());
        if let Some(release_at) = release_at.filter(|_| wrote("PutScheduledAction") && !had_lease) {
            let end = release_at - WATCH;
            let what = format!(
                "lease: awake until {}; at {} a scheduled action sets MinCapacity 0",
                clock(end),
                clock(release_at)
            );
            self.tell(at, Kind::Lease, what);
        }
        let min = |state: Option<&State>| state.and_then(|state| state.min);
        if let (Some(from), Some(to)) = (min(before), min(after))
            && from != to
            && wrote("RegisterScalableTarget")
        {
            let what = format!("floor: the scalable target's MinCapacity {from} -> {to}");
            self.tell(at, Kind::Floor, what);
        }
    }

    /// The lease ended since the invocation before the one at `now`.
    fn lease_over(&mut self, before: Option<&State>, now: Timestamp) {
        let Some(end) = before.and_then(|before| before.awake_until) else { return };
        let told = self.lines.iter().any(|line| line.kind == Kind::LeaseOver && line.at == end);
        if end <= now && !told {
            self.tell(end, Kind::LeaseOver, "lease over: from now on the backlog decides".into());
        }
    }
}
