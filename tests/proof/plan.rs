//! A world before it is played: who lives in it, and what happens to it when. A plan is data, so
//! that it can be shrunk: any happening can be left out, and the others stay as they are.

use std::time::Duration;

use simulator::{Fault, Operation, PastSchedule, Publishing};

/// Milliseconds since the world began.
pub type At = u64;

pub const SECOND: u64 = 1000;
pub const MINUTE: u64 = 60 * SECOND;

/// Which generator makes a seed's world: a seed means one world of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// One to three endpoints, each with a route of its own: `generate.rs`.
    Small,
    /// Many endpoints, every kind of route, and owners who set bounds: `generate_fleet.rs`.
    Fleet,
}

#[derive(Debug, Clone)]
pub struct Plan {
    pub seed: u64,
    pub family: Family,
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
    pub variant: &'static str,
    /// Which kind of route leads to it.
    pub reach: Reach,
    /// The model of its endpoint configuration.
    pub model: String,
    /// So many minutes before the world begins it was created.
    pub age: u64,
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

/// The kinds of routes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reach {
    /// By name.
    Named,
    /// A pattern; inputs go to the newest endpoint that it covers.
    Newest,
    /// A pattern; inputs go to all endpoints that it covers.
    All,
    /// The key has the name where `{endpoint}` stands in the prefix.
    InKey,
    /// A key of the SageMaker Python SDK with the endpoint's name.
    SdkName,
    /// A key of the SageMaker Python SDK with the model's name.
    SdkModel,
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
    /// So many uploads for each of several endpoints, all in one event.
    Batch {
        endpoints: Vec<usize>,
        uploads: usize,
        delivered_after: Vec<u64>,
    },
    /// The owner of an endpoint changes a setting of it.
    Owner {
        endpoint: usize,
        on: Occasion,
        deed: OwnerDeed,
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

/// When an owner acts: the next time that something happens, and so many milliseconds later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occasion {
    Now,
    /// The function has set the capacity to 0.
    Zero(u64),
    /// The function has set `MinCapacity` to 1.
    FloorUp(u64),
    /// The function has set `MinCapacity` to 0.
    FloorDown(u64),
    /// A record of the function's ends: L.
    Ends(u64),
    /// So long before AWS comes to a record: R.
    BeforeRelease(u64),
}

/// What an owner sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OwnerDeed {
    Min(i32),
    Max(i32),
    /// `cron`: `MinCapacity` 1 from so many minutes from now on, for so many minutes.
    OfficeHours {
        begins_in: u64,
        lasting: u64,
        zone: &'static str,
    },
    /// `at`: this `MinCapacity` in so many minutes.
    Once {
        min: i32,
        in_minutes: u64,
        zone: &'static str,
    },
    /// A one-time action of two days ago that is still listed.
    Past {
        zone: &'static str,
    },
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
    /// All calls of one kind, about one endpoint or the whole namespace, for a while.
    Asked { about: About, bad: Bad, lasting: u64 },
    /// The account's calls are limited.
    Limit { per_second: u32, burst: u32, lasting: u64 },
    /// Each call takes so long.
    Latency { each: u64, lasting: u64 },
    /// Reads answer with what stood so long ago.
    Stale { by: u64, lasting: u64 },
    /// The next invocation is killed at this call, before or after its effect.
    Kill { call: usize, after_effect: bool },
    /// The next invocation is frozen after this call.
    Freeze { call: usize, lasting: u64 },
    /// Calls of invocations that begin meanwhile take seconds.
    Slow { lasting: u64 },
}

/// Calls that a trouble strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// DescribeEndpoint of this endpoint.
    Endpoint(usize),
    /// DescribeScalableTargets of this endpoint alone.
    Target(usize),
    /// DescribeScalableTargets of the whole namespace.
    Listing,
    /// UpdateEndpointWeightsAndCapacities of this endpoint.
    Capacity(usize),
}

/// What becomes of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bad {
    /// They do not answer until it is over.
    Hangs,
    Fails(Fault),
}

impl Plan {
    /// The endpoints that an input for this one means: a pattern may mean all that it covers.
    pub fn meant_with(&self, endpoint: usize) -> Vec<usize> {
        let reach = self.endpoints[endpoint].reach;
        match reach {
            Reach::All => self.of(reach),
            Reach::Newest => self.newest().into_iter().collect(),
            _ => vec![endpoint],
        }
    }

    /// The newest of the endpoints whose pattern goes by that.
    pub fn newest(&self) -> Option<usize> {
        self.of(Reach::Newest).into_iter().min_by_key(|place| self.endpoints[*place].age)
    }

    /// The endpoints that this kind of route leads to.
    pub fn of(&self, reach: Reach) -> Vec<usize> {
        let all = self.endpoints.iter().enumerate();
        all.filter(|(_, of)| of.reach == reach).map(|(place, _)| place).collect()
    }
}
