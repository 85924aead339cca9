//! A world before it is played: who lives in it, and what happens to it when. A plan is data, so
//! that it can be shrunk: any happening can be left out, and the others stay as they are.

use std::time::Duration;

use simulator::{Fault, Operation, PastSchedule, Publishing};

/// Milliseconds since the world began.
pub type At = u64;

pub const SECOND: u64 = 1000;
pub const MINUTE: u64 = 60 * SECOND;

#[derive(Debug, Clone)]
pub struct Plan {
    pub seed: u64,
    pub settings: Assumed,
    pub endpoints: Vec<EndpointPlan>,
    /// How far the clock of each container is ahead, in seconds; as many as there can be at once.
    pub skews: Vec<i64>,
    /// When in its minute the tick comes.
    pub tick_after: u64,
    /// SageMaker tells of changes of status.
    pub tells_status: bool,
    /// An alarm on `HasBacklogWithoutCapacity` invokes the function.
    pub backstop: bool,
    /// In the order of their time.
    pub happenings: Vec<Happening>,
    /// From here on nothing happens but ticks, and every fault is over.
    pub calm_from: At,
    pub ends: At,
}

/// The model's settings that vary, among those that it documents as assumptions.
#[derive(Debug, Clone)]
pub struct Assumed {
    pub metric_lag: Duration,
    pub publishing: Publishing,
    pub past_schedule: PastSchedule,
    pub keep_past_actions: bool,
    pub schedule_lateness: Duration,
    pub update_accepted_when_degraded: bool,
    pub deregister_on_delete: bool,
    pub page_size: usize,
}

#[derive(Debug, Clone)]
pub struct EndpointPlan {
    pub name: String,
    pub registered: bool,
    pub max: i32,
    pub wake_to: i32,
    pub idle_minutes: i64,
    pub inputs_per_instance: Option<u32>,
    pub starts_with: i32,
    pub provisioning: Duration,
    pub scale_in: Duration,
    pub concurrency: usize,
}

#[derive(Debug, Clone)]
pub struct Happening {
    /// Names it in the story, and seeds its chance.
    pub number: u64,
    pub at: At,
    pub what: What,
}

#[derive(Debug, Clone)]
pub enum What {
    /// An input is uploaded and its request queued; its event is delivered so long after, once for
    /// each: none is a lost one, two are a duplicate.
    Upload {
        endpoint: usize,
        processing: Duration,
        delivered_after: Vec<u64>,
    },
    /// A request with an inline body: no event.
    Inline {
        endpoint: usize,
        processing: Duration,
    },
    /// The event of an upload that was made hours ago is delivered (again): from a dead-letter queue.
    OldEvent {
        endpoint: usize,
        hours: i64,
    },
    /// The ticks of so many minutes do not come.
    TicksMissing {
        minutes: u64,
    },
    /// A tick beside the minute's own: a doubled or a late one.
    ExtraTick,
    /// An event that asks for nothing, or is about somebody else.
    Foreign {
        form: usize,
    },
    StatusEvent {
        endpoint: usize,
    },
    AlarmEvent {
        endpoint: usize,
    },
    ResultEvent {
        endpoint: usize,
    },
    Command {
        endpoint: usize,
        command: Command,
        twice: bool,
    },
    Deed {
        endpoint: usize,
        deed: Deed,
    },
    /// A container is dropped; the next event meets a cold one in its place.
    Drop {
        container: usize,
    },
    Trouble(Trouble),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    Wake,
    Sleep { force: bool },
    Hold { minutes: u64 },
    Release,
    Status,
}

/// What a person, a deployment or AWS does to an endpoint.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Deed {
    Scale { to: i32 },
    Suspend { scaling_in: bool, scaling_out: bool, scheduled: bool, minutes: u64 },
    Bounds { min: i32, max: i32, minutes: u64 },
    Deregister { minutes: u64 },
    Recreate { minutes: u64 },
    Deploy { minutes: u64 },
    Maintain { minutes: u64 },
    RollBack { minutes: u64 },
    Degrade { minutes: u64 },
    Quota { minutes: u64 },
    Shortage { minutes: u64 },
    AlarmLow { minutes: u64 },
    LoseMetrics { minutes: u64 },
    StickBacklog { value: u32, minutes: u64 },
    DelayMetrics { minutes: u64 },
    ForeignAction { minutes: u64 },
}

/// What goes wrong between the function and AWS.
#[derive(Debug, Clone)]
pub enum Trouble {
    /// The next calls of this operation, or all of them for a while.
    Calls { operation: Option<Operation>, fault: Fault, times: u32, lasting: u64 },
    /// Reads answer with what stood so long ago.
    Stale { by: u64, lasting: u64 },
    /// The next invocation is killed at this call, before or after its effect.
    Kill { call: usize, after_effect: bool },
    /// The next invocation is frozen after this call.
    Freeze { call: usize, lasting: u64 },
    /// Calls of invocations that begin meanwhile take seconds.
    Slow { lasting: u64 },
}
