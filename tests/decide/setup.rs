//! One situation and its decision.

use jiff::{SignedDuration, Timestamp};
use reactive_scaler::{
    config::Policy,
    decide::{
        Action, Backlog, Decision, LedgerSeen, Observed, Read, RecordWrite, Trigger, Verdict,
        decide,
    },
    lease::{Kept, Record, Records, WATCH},
    port::{Datapoint, Endpoint, EndpointStatus, ScalableTarget, Suspended, Variant, VariantId},
    reason::Reason,
};

pub const POLICY: Policy = Policy {
    wake_to: 1,
    idle: SignedDuration::from_mins(10),
    inputs_per_instance: None,
    done_after: None,
};

pub fn now() -> Timestamp {
    "2030-01-07T14:00:00Z".parse().unwrap()
}

pub fn minutes(n: i64) -> SignedDuration {
    SignedDuration::from_mins(n)
}

pub fn seconds(n: i64) -> SignedDuration {
    SignedDuration::from_secs(n)
}

/// One situation. Tests change the fields that matter to them.
#[derive(Clone)]
pub struct World {
    pub seen: Observed,
    pub policy: Policy,
}

/// A registered async endpoint in service with this many instances, min 0, max 4 and no records.
pub fn endpoint_at(count: i32) -> World {
    let variant = Variant {
        name: "AllTraffic".into(),
        current: Some(count),
        desired: Some(count),
        serverless: false,
        managed: false,
    };
    let target = ScalableTarget {
        id: VariantId::new("my-endpoint", "AllTraffic"),
        min: 0,
        max: 4,
        suspended: Suspended::default(),
    };
    World {
        seen: Observed {
            endpoint: Endpoint {
                status: EndpointStatus::InService,
                asynchronous: true,
                variants: vec![variant.clone()],
                failure_reason: None,
                created_at: None,
                config: None,
            },
            variant,
            target: Read::Known(Some(target)),
            records: Read::Known(Records::default()),
            backlog: Backlog::NotRead,
            ledger: LedgerSeen::NotRead,
        },
        policy: POLICY,
    }
}

impl World {
    pub fn target(mut self, change: impl FnOnce(&mut ScalableTarget)) -> Self {
        if let Read::Known(Some(target)) = &mut self.seen.target {
            change(target);
        }
        self
    }

    /// The variant is not a scalable target.
    pub fn unregistered(mut self) -> Self {
        self.seen.target = Read::Known(None);
        self
    }

    pub fn records(mut self, change: impl FnOnce(&mut Records)) -> Self {
        if let Read::Known(records) = &mut self.seen.records {
            change(records);
        }
        self
    }

    /// The lease ends (L) this long after now, and the function's floor is set.
    pub fn lease_ends_in(self, left: SignedDuration) -> Self {
        self.records(|records| records.lease = Some(Record::floor(now() + left + WATCH)))
            .target(|t| t.min = 1)
    }

    pub fn status(mut self, status: EndpointStatus) -> Self {
        self.seen.endpoint.status = status;
        self
    }

    pub fn variant(mut self, change: impl FnOnce(&mut Variant)) -> Self {
        change(&mut self.seen.variant);
        self
    }

    pub fn floor(self, min: i32) -> Self {
        self.target(|target| target.min = min)
    }

    pub fn suspended(self, change: impl FnOnce(&mut Suspended)) -> Self {
        self.target(|target| change(&mut target.suspended))
    }

    /// Datapoints by age in seconds and value.
    pub fn backlog(mut self, points: &[(i64, f64)]) -> Self {
        let points = points
            .iter()
            .map(|(age, value)| Datapoint { at: now() - seconds(*age), value: *value })
            .collect();
        self.seen.backlog = Backlog::Read(points);
        self
    }

    pub fn verdict(&self, trigger: Trigger) -> Verdict {
        decide(trigger, &self.seen, &self.policy, now())
    }

    pub fn decide(&self, trigger: Trigger) -> Decision {
        match self.verdict(trigger) {
            Verdict::Decided(decision) => decision,
            Verdict::ReadBacklog => panic!("asks for the backlog"),
        }
    }

    pub fn says(&self, trigger: Trigger) -> (Action, Reason) {
        let decision = self.decide(trigger);
        (decision.action, decision.reason)
    }
}

/// Three recent datapoints of 0: sufficient evidence for a sleep.
pub const QUIET: &[(i64, f64)] = &[(290, 0.0), (230, 0.0), (170, 0.0)];

pub const UPLOADS: [Trigger; 4] =
    [Trigger::Input, Trigger::Alarm, Trigger::Wake, Trigger::Invocation];

pub fn lease(decision: &Decision) -> Option<SignedDuration> {
    decision.records.iter().find_map(|record| match record {
        RecordWrite::Extend(Kept::Lease, end) => Some(end.duration_since(now())),
        _ => None,
    })
}
