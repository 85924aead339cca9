//! The part that both generators share.

use std::time::Duration;

use simulator::{CutJobs, PastSchedule, Publishing};

use crate::{plan::ModelSettings, random::Random};

pub fn model_settings(chance: &mut Random) -> ModelSettings {
    ModelSettings {
        metric_lag: Duration::from_secs(chance.within(60, 150)),
        publishing: chance.pick(&[
            Publishing::Always,
            Publishing::Always,
            Publishing::WithBacklogOrInstance,
        ]),
        past_schedule: chance.pick(&[PastSchedule::Refuse, PastSchedule::Store]),
        keep_past_actions: chance.percent(50),
        schedule_lateness: Duration::from_secs(chance.pick(&[0, 0, 30, 60])),
        update_accepted_when_degraded: chance.percent(70),
        deregister_on_delete: chance.percent(60),
        page_size: chance.pick(&[1, 2, 50]),
        backlog_counts_running: true,
        cut_jobs: CutJobs::Lost,
        ledger_page_size: 3_000,
    }
}
