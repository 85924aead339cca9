//! What happened, in order of time.

use jiff::Timestamp;
use reactive_scaler::lease::WATCH;
use serde::Serialize;
use simulator::{Actor, Entry, Event};

use super::{
    descriptions,
    invocation::{Invocation, Trigger},
    state::State,
    upload_run::{UploadRun, clock},
};

/// The kind of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// An input was uploaded.
    Upload,
    /// A request entered the queue, or failed.
    Backlog,
    /// The S3 event invoked the function.
    Event,
    /// The message of a result invoked the function.
    Result,
    /// The schedule invoked the function.
    Tick,
    /// A higher capacity was requested.
    ScaleOut,
    /// A lower capacity was requested.
    ScaleIn,
    /// The lease was written.
    Lease,
    /// The lease ended.
    LeaseOver,
    /// `MinCapacity` of the scalable target was changed.
    Floor,
    /// Instances came into service.
    InService,
    /// An instance started to process a request.
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
    /// The kind.
    pub kind: Kind,
    /// What happened.
    pub what: String,
    /// Index of the invocation, if the line is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invocation: Option<usize>,
}

/// The lines of a run.
pub fn of(run: &UploadRun) -> Vec<Line> {
    let mut lines = Lines { input: &run.input, uploaded_at: run.uploaded_at, lines: Vec::new() };
    let mut read = 0;
    let mut before: Option<(&State, Timestamp)> = None;
    for (number, invocation) in run.invocations.iter().enumerate() {
        let (begin, end) = invocation.journal;
        lines.entries(run.journal.get(read..begin).unwrap_or_default());
        lines.lease_over(before, invocation.at);
        lines.invocation(number, invocation);
        for event in &invocation.events {
            lines.event(invocation.at, event);
        }
        let after = invocation.after.first();
        lines.records(invocation, before.map(|(state, _)| state), after);
        before = after.map(|state| (state, invocation.at));
        read = end;
    }
    lines.entries(run.journal.get(read..).unwrap_or_default());
    // The end of a lease is added with the invocation after it.
    lines.lines.sort_by_key(|line| line.at);
    lines.lines
}

struct Lines<'a> {
    input: &'a str,
    uploaded_at: Timestamp,
    lines: Vec<Line>,
}

impl Lines<'_> {
    fn add(&mut self, at: Timestamp, kind: Kind, what: String) {
        let since_upload_seconds = at.duration_since(self.uploaded_at).as_secs();
        self.lines.push(Line { at, since_upload_seconds, kind, what, invocation: None });
    }

    fn invocation(&mut self, number: usize, invocation: &Invocation) {
        let kind = match invocation.trigger {
            Trigger::Tick => Kind::Tick,
            Trigger::Result => Kind::Result,
            Trigger::Upload | Trigger::File(_) => Kind::Event,
        };
        let what = match invocation.trigger {
            Trigger::Tick => format!("tick: {}", descriptions::result(invocation)),
            Trigger::Result => {
                format!(
                    "the result's message invokes the function: {}",
                    descriptions::result(invocation)
                )
            }
            Trigger::Upload | Trigger::File(_) => {
                format!("S3's event invokes the function: {}", descriptions::result(invocation))
            }
        };
        self.add(invocation.at, kind, what);
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
                (Kind::InService, format!("in service: {}", descriptions::instances(*count)))
            }
            Event::AtZero(_) => (Kind::AtZero, "back at zero instances".into()),
            Event::CapacityFailed(_) => (Kind::Other, "the capacity is not available".into()),
            Event::Status(_, status) => {
                (Kind::Other, format!("the endpoint is {}", status.as_str()))
            }
            Event::Deleted(name) => (Kind::Other, format!("{name} is deleted")),
            Event::ActionRan(_, name) => (
                Kind::ScheduledAction,
                format!("scheduled action {name} runs and sets MinCapacity 0"),
            ),
            Event::ActionMissed(_, name) => {
                (Kind::ScheduledAction, format!("scheduled action {name} is missed"))
            }
            Event::AlarmChanged { alarm, to, .. } => {
                (Kind::Other, format!("alarm {alarm} is in {}", to.as_str()))
            }
            Event::AlarmNotified { alarm, action, .. } => {
                (Kind::Other, format!("alarm {alarm} notifies {action}"))
            }
        };
        self.add(at, kind, what);
    }

    /// What an invocation changed in Application Auto Scaling. A lease that is extended is part of
    /// the line of the invocation.
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
            self.add(at, Kind::Lease, what);
        }
        let min = |state: Option<&State>| state.and_then(|state| state.min);
        if let (Some(from), Some(to)) = (min(before), min(after))
            && from != to
            && wrote("RegisterScalableTarget")
        {
            let what = format!("floor: the scalable target's MinCapacity {from} -> {to}");
            self.add(at, Kind::Floor, what);
        }
    }

    /// Adds a line if the lease ended between the previous invocation and the one at `now`.
    fn lease_over(&mut self, before: Option<(&State, Timestamp)>, now: Timestamp) {
        // An end that was past when the state was read was set by a sleep.
        let end = before.and_then(|(state, at)| state.awake_until.filter(|end| *end > at));
        let Some(end) = end else { return };
        let is_known = self.lines.iter().any(|line| line.kind == Kind::LeaseOver && line.at == end);
        if end <= now && !is_known {
            self.add(
                end,
                Kind::LeaseOver,
                "the lease ends: from now on the backlog decides".into(),
            );
        }
    }
}
