//! The jobs of an endpoint: they are uploaded, invoked, run and ended.

use jiff::Timestamp;

use crate::{
    CutJobs, Event, Job, JobId, JobSpec, JobState,
    queue::{Queue, Step},
};

use super::World;

impl World {
    /// Uploads an input now. The endpoint is invoked after the invocation delay.
    pub fn upload(&mut self, endpoint: &str) -> JobId {
        self.add_job(endpoint, &JobSpec::default())
    }

    /// Uploads an input at this time.
    pub fn upload_at(&mut self, endpoint: &str, at: Timestamp) -> JobId {
        self.add_job(endpoint, &JobSpec { at: Some(at), ..JobSpec::default() })
    }

    /// Invokes the endpoint now with an inline body, without an upload.
    pub fn invoke_inline(&mut self, endpoint: &str) -> JobId {
        self.add_job(endpoint, &JobSpec { inline: true, ..JobSpec::default() })
    }

    /// Adds a job. If the endpoint does not exist, the invocation is refused.
    pub fn add_job(&mut self, endpoint: &str, spec: &JobSpec) -> JobId {
        let id = JobId(self.jobs.len());
        let now = self.now();
        let at = spec.at.unwrap_or(now).max(now);
        let pace = self.endpoints.get(endpoint).map_or(&self.settings.pace, |found| &found.pace);
        let delay = spec.invocation_delay.unwrap_or(pace.invocation_delay);
        let invoked_at = if spec.inline { at } else { at + delay };
        self.jobs.push(Job {
            endpoint: endpoint.to_owned(),
            uploaded_at: (!spec.inline).then_some(at),
            invoked_at,
            processing: spec.processing.unwrap_or(pace.processing),
            state: JobState::Announced,
        });
        if !spec.inline {
            self.announced.insert((at, Step::Upload, id));
        }
        self.announced.insert((invoked_at, Step::Invocation, id));
        self.take_announced();
        id
    }

    /// A job.
    pub fn job(&self, id: JobId) -> Option<&Job> {
        self.jobs.get(id.0)
    }

    /// All jobs so far, by ID.
    pub fn jobs(&self) -> &[Job] {
        &self.jobs
    }

    /// The number of completed jobs of the endpoint.
    pub fn completed(&self, endpoint: &str) -> usize {
        self.count_jobs(endpoint, |state| matches!(state, JobState::Completed(_)))
    }

    /// The number of killed jobs of the endpoint.
    pub fn killed(&self, endpoint: &str) -> usize {
        self.count_jobs(endpoint, |state| matches!(state, JobState::Killed(_)))
    }

    /// The number of expired jobs of the endpoint.
    pub fn expired(&self, endpoint: &str) -> usize {
        self.count_jobs(endpoint, |state| matches!(state, JobState::Expired(_)))
    }

    /// Items in the endpoint's queue: being processed or yet to be processed.
    pub fn backlog(&self, endpoint: &str) -> usize {
        self.endpoints.get(endpoint).map_or(0, |found| found.queue.backlog())
    }

    fn count_jobs(&self, endpoint: &str, wanted: impl Fn(JobState) -> bool) -> usize {
        self.jobs.iter().filter(|job| job.endpoint == endpoint && wanted(job.state)).count()
    }

    /// Processes the endpoint's queue: completes, starts and expires jobs.
    pub(crate) fn work(&mut self, endpoint: &str) {
        self.complete_jobs(endpoint);
        self.pick_up_jobs(endpoint);
        self.expire_jobs(endpoint);
    }

    fn expire_jobs(&mut self, endpoint: &str) {
        let now = self.now();
        let next = self.endpoints.get(endpoint).and_then(|found| found.next_expiry(&self.jobs));
        if next.is_none_or(|at| at > now) {
            return;
        }
        let Some(found) = self.endpoints.get_mut(endpoint, now) else { return };
        let (queue, ttl) = (&mut found.queue, found.pace.request_ttl);
        let mut expired = queue.take_expired(now);
        let old = |id: &JobId| self.jobs.get(id.0).is_some_and(|it| it.invoked_at + ttl <= now);
        while let Some(id) = queue.waiting.pop_front_if(|id| old(id)) {
            expired.push(id);
        }
        for id in expired {
            self.note_age(endpoint, id);
            self.end_job(id, JobState::Expired(now));
        }
    }

    fn complete_jobs(&mut self, endpoint: &str) {
        let now = self.now();
        let Some(found) = self.endpoints.get_mut(endpoint, now) else { return };
        let done = found.queue.running.extract_if(.., |(at, _)| *at <= now).collect::<Vec<_>>();
        for (_, id) in done {
            self.end_job(id, JobState::Completed(now));
        }
    }

    /// Runs the uploads and invocations that are due.
    pub(crate) fn take_announced(&mut self) {
        let now = self.now();
        while self.announced.first().is_some_and(|(at, ..)| *at <= now) {
            match self.announced.pop_first() {
                Some((_, Step::Upload, id)) => self.journal.event(now, Event::Uploaded(id)),
                Some((_, Step::Invocation, id)) => self.invoke(id),
                None => break,
            }
        }
    }

    fn invoke(&mut self, id: JobId) {
        let now = self.now();
        let Some(job) = self.jobs.get_mut(id.0) else { return };
        let endpoint = job.endpoint.clone();
        match self.endpoints.get_mut(&endpoint, now).filter(|found| found.takes_requests()) {
            Some(found) => {
                job.state = JobState::Waiting;
                found.queue.waiting.push_back(id);
                self.note_expiry(&endpoint, id);
                self.journal.event(now, Event::Queued(id));
                self.note_backlog(&endpoint);
                self.work(&endpoint);
                self.note_backlog(&endpoint);
            }
            None => self.end_job(id, JobState::Refused(now)),
        }
    }

    fn pick_up_jobs(&mut self, endpoint: &str) {
        let now = self.now();
        loop {
            let Some(found) = self.endpoints.get_mut(endpoint, now) else { return };
            if found.queue.running.len() >= found.slots() {
                return;
            }
            let Some(id) = found.queue.waiting.pop_front() else { return };
            self.note_age(endpoint, id);
            let expires_at = self.expires_at(id);
            let Some(found) = self.endpoints.get_mut(endpoint, now) else { return };
            if let Some(at) = expires_at {
                found.queue.expiring.remove(&(at, id));
            }
            let Some(job) = self.jobs.get_mut(id.0) else { return };
            job.state = JobState::Running(now);
            found.queue.running.push((now + job.processing, id));
            self.journal.event(now, Event::Picked(id));
        }
    }

    /// Cuts the running jobs that exceed the number of slots. The job that started last is cut
    /// first.
    pub(crate) fn cut_overflow(&mut self, endpoint: &str) {
        let now = self.now();
        let Some(found) = self.endpoints.get_mut(endpoint, now) else { return };
        let slots = found.slots().min(found.queue.running.len());
        let cut = found.queue.running.split_off(slots).into_iter().map(|(_, id)| id);
        match self.settings.cut_jobs {
            CutJobs::Lost => cut.for_each(|id| self.end_job(id, JobState::Killed(now))),
            CutJobs::Queued => cut.rev().for_each(|id| self.queue_again(endpoint, id)),
        }
    }

    fn queue_again(&mut self, endpoint: &str, id: JobId) {
        let now = self.now();
        let Some(found) = self.endpoints.get_mut(endpoint, now) else { return };
        found.queue.waiting.push_front(id);
        self.note_expiry(endpoint, id);
        self.set_state(id, JobState::Waiting);
        self.journal.event(now, Event::Queued(id));
        self.note_backlog(endpoint);
    }

    /// Ends all jobs of a deleted endpoint.
    pub(crate) fn kill_all(&mut self, queue: Queue) {
        let now = self.now();
        for (_, id) in queue.running {
            self.end_job(id, JobState::Killed(now));
        }
        for id in queue.waiting {
            self.end_job(id, JobState::Killed(now));
        }
    }

    fn end_job(&mut self, id: JobId, state: JobState) {
        let event = match state {
            JobState::Completed(_) => Event::Completed(id),
            JobState::Killed(_) => Event::Killed(id),
            JobState::Expired(_) => Event::Expired(id),
            _ => Event::InvocationRefused(id),
        };
        self.set_state(id, state);
        self.journal.event(self.now(), event);
        self.end_request(id, state);
    }

    /// Notes when a waiting job expires, if it has a time to live of its own.
    fn note_expiry(&mut self, endpoint: &str, id: JobId) {
        let (Some(at), now) = (self.expires_at(id), self.now()) else { return };
        let Some(found) = self.endpoints.get_mut(endpoint, now) else { return };
        found.queue.expiring.insert((at, id));
    }

    fn set_state(&mut self, id: JobId, state: JobState) {
        if let Some(job) = self.jobs.get_mut(id.0) {
            job.state = state;
        }
    }
}
