//! Requests to endpoints whose results are connected: the object, its event, its invocations, and the messages of their
//! results.

use std::time::Duration;

use reactive_scaler::ledger::Location;
use simulator::{Entry, Event, JobId, JobSpec};

use super::state::{Delivery, Item, ResultPlan, Runner};
use crate::{
    call::Request,
    event_log::{RequestMade, Signal},
    payload,
    plan::{At, EventKind, MINUTE, RequestPlan, SECOND},
    trails,
};

/// How much longer a call takes that an upload shall meet.
const MEET: At = 400;

/// A job that takes longer than this is long.
const LONG: Duration = Duration::from_secs(30 * 60);

impl Runner<'_> {
    /// Uploads the object, and schedules its event and its requests.
    pub(super) fn request(&mut self, number: u64, plan: &RequestPlan, key: &str) {
        let of = &self.plan.endpoints[plan.endpoint];
        let (name, now) = (of.name.clone(), self.sim.now());
        let bucket = payload::bucket(&name);
        let sequencer = plan.uploaded.then(|| payload::sequencer(number));
        self.count_request(plan);
        let event_at = plan.delivered_after.iter().filter(|_| plan.uploaded).min();
        let event_at = event_at.map(|after| self.now + after);
        let mut jobs = Vec::new();
        for (nth, call) in plan.calls.iter().enumerate() {
            let after = Duration::from_millis(call.after);
            let processing = Some(call.processing);
            // Only one job of an object is an upload.
            let spec = match plan.uploaded && nth == 0 {
                true => JobSpec { processing, invocation_delay: Some(after), ..JobSpec::default() },
                false => {
                    let at = Some(now + after);
                    JobSpec { processing, at, inline: true, ..JobSpec::default() }
                }
            };
            let job = self.sim.with(|world| world.add_job(&name, &spec));
            self.trail(number, nth as u64, plan.endpoint, call.after);
            let input = payload::input_location(&bucket, key, number + nth as u64);
            let delivered_after = call.result_after.clone();
            let endpoint = plan.endpoint;
            self.results.insert(job, ResultPlan { endpoint, input, event_at, delivered_after });
            jobs.push(job);
        }
        let events = plan.delivered_after.iter().filter(|_| plan.uploaded).enumerate();
        for (nth, after) in events {
            let delivery = Delivery {
                signal: Signal::Input(plan.endpoint),
                payload: payload::upload(&bucket, key, &payload::sequencer(number), now, number),
                cause: format!("#{number}"),
                batch: Vec::new(),
                random_id: number * 16 + nth as u64,
                attempt: 0,
            };
            self.send(*after, delivery);
        }
        self.log.requests.push(RequestMade {
            cause: format!("#{number}"),
            endpoint: plan.endpoint,
            location: Location::of_object(&bucket, key).unwrap(),
            sequencer,
            jobs,
        });
    }

    /// Schedules the events of CloudTrail about a call that is made so long from now.
    pub(super) fn trail(&mut self, number: u64, nth: u64, endpoint: usize, after: At) {
        let name = self.plan.endpoints[endpoint].name.clone();
        let invoked_at = self.sim.now() + Duration::from_millis(after);
        let delays = trails::delays(self.plan.seed, number, nth);
        for (copy, delay) in delays.into_iter().enumerate() {
            let at = self.now + after + delay;
            // At the end of a world nothing else happens.
            if at >= self.plan.calm_from {
                continue;
            }
            self.count(match delay {
                0..=MINUTE => "CloudTrail event",
                _ => "CloudTrail event minutes late",
            });
            let delivery = Delivery {
                signal: Signal::Invocation(endpoint, invoked_at),
                payload: payload::invocation(&name, invoked_at),
                cause: format!("call {nth} of #{number}"),
                random_id: 7_000_000_000 + (number * 16 + nth) * 2 + copy as u64,
                attempt: 0,
                batch: Vec::new(),
            };
            self.schedule(at, Item::Deliver(delivery));
        }
    }

    fn count_request(&mut self, plan: &RequestPlan) {
        if plan.uploaded && plan.calls.is_empty() {
            self.count("upload that nobody invokes");
        }
        if plan.calls.len() > 1 {
            self.count("upload that is invoked twice");
        }
        if plan.calls.iter().any(|call| call.processing > LONG) {
            self.count("job longer than 30 minutes");
        }
        if !plan.uploaded {
            return self.count("request without an upload");
        }
        if plan.on_item_change {
            self.count("upload while its item is deleted or forgotten");
        }
        match plan.delivered_after.as_slice() {
            [] => self.count("event lost"),
            [_] => {}
            _ => self.count("event duplicated"),
        }
        if plan.delivered_after.iter().any(|after| *after > 20 * SECOND) {
            self.count("event late and out of order");
        }
        let key = plan.key;
        let is_same =
            |event: &EventKind| matches!(event, EventKind::Request(other) if other.key == key);
        if self.plan.events.iter().filter(|event| is_same(&event.kind)).count() > 1 {
            self.count("key used again");
        }
    }

    /// Schedules the messages of the requests that have completed.
    pub(super) fn send_results(&mut self) {
        let from = self.results_journal_length;
        let completed: Vec<JobId> = self.sim.with(|world| {
            let entries = world.journal.entries();
            self.results_journal_length = entries.len();
            let of = |entry: &Entry| match entry {
                Entry::Event(_, Event::Completed(job)) => Some(*job),
                _ => None,
            };
            entries[from..].iter().filter_map(of).collect()
        });
        for job in completed {
            let Some(ResultPlan { endpoint, input, event_at, delivered_after }) =
                self.results.remove(&job)
            else {
                continue;
            };
            match delivered_after.as_slice() {
                [] => self.count("result lost"),
                [_] => {}
                _ => self.count("result doubled"),
            }
            let first = delivered_after.iter().min().map(|after| self.now + after);
            if first.zip(event_at).is_some_and(|(result, event)| result < event) {
                self.count("result before the event of its upload");
            }
            let received = self.sim.with(|world| world.job(job).map(|job| job.invoked_at)).unwrap();
            let name = self.plan.endpoints[endpoint].name.clone();
            for (nth, after) in delivered_after.iter().enumerate() {
                if *after > 60 * MINUTE {
                    self.count("result over an hour late");
                } else if *after > 20 * SECOND {
                    self.count("result late");
                }
                let delivery = Delivery {
                    signal: Signal::Result(endpoint),
                    payload: payload::result_of(&name, &input, job.0, received, self.sim.now()),
                    cause: format!("result of job {}", job.0),
                    batch: Vec::new(),
                    random_id: 6_000_000_000 + job.0 as u64 * 16 + nth as u64,
                    attempt: 0,
                };
                self.send(*after, delivery);
            }
        }
    }

    /// If a planned request waits for a change of an item, it happens now, with the key of that item. Returns how much
    /// longer the change takes.
    pub(super) fn meet_item_change(&mut self, request: &Request) -> At {
        let (Request::DeleteItem(name, location) | Request::ForgetItem(name, location)) = request
        else {
            return 0;
        };
        let plan = self.plan;
        let planned = |place: &usize| match &plan.events[*place].kind {
            EventKind::Request(planned) => plan.endpoints[planned.endpoint].name == *name,
            _ => false,
        };
        let Some(waiting) = self.waiting_requests.iter().position(planned) else { return 0 };
        let place = self.waiting_requests.remove(waiting);
        let event = &plan.events[place];
        if let EventKind::Request(planned) = &event.kind {
            self.request(event.number, planned, location.key());
        }
        MEET
    }
}
