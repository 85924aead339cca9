//! The ledger of a broken scaler.

use std::sync::PoisonError;

use jiff::{SignedDuration, Timestamp};
use reactive_scaler::{
    lease::{LEASE, WORK},
    ledger::{Item, Location, RequestResult, Standing, Upload},
    port::{AwsResult, ItemPage, Ledger, WithLedger},
};

use crate::{
    broken_scalers::{Defect, DefectivePort},
    event_log::Signal,
};

impl WithLedger for DefectivePort {
    type Ledger = Self;

    fn ledger(&self) -> &Self {
        self
    }
}

impl Ledger for DefectivePort {
    async fn add_upload(
        &self,
        endpoint: &str,
        location: &Location,
        upload: &Upload,
        at: Timestamp,
    ) -> AwsResult<()> {
        self.seen().records_an_upload = true;
        let _writing = match self.is(Defect::LedgerWaitedFor) {
            true => Some(self.ledger.write.lock().await),
            false => None,
        };
        let answer = self.port.add_upload(endpoint, location, upload, at).await;
        if self.is(Defect::LedgerWriteTakenForDone) { Ok(()) } else { answer }
    }

    async fn add_result(
        &self,
        endpoint: &str,
        location: &Location,
        result: &RequestResult,
        at: Timestamp,
    ) -> AwsResult<()> {
        self.port.add_result(endpoint, location, result, at).await
    }

    async fn items(&self, endpoint: &str, after: Option<&str>) -> AwsResult<ItemPage> {
        let key = (endpoint.to_owned(), after.map(str::to_owned));
        let known = self.seen().items.get(&key).cloned();
        let is_remembered = self.is(Defect::LastLookWithoutLedger)
            || self.is(Defect::NoLookAfter) && self.seen().is_asleep;
        if let Some(known) = known.filter(|_| is_remembered) {
            return Ok(known);
        }
        let is_tick = self.seen().signal == Some(Signal::Tick);
        if self.is(Defect::LedgerNotReadAtZero) && is_tick && self.seen().at_zero.contains(endpoint)
        {
            return Ok(ItemPage { items: Vec::new(), next: None });
        }
        let answer = self.port.items(endpoint, after).await;
        self.seen().is_unreadable |= answer.is_err();
        if let (Ok(page), true) = (&answer, is_tick && self.is(Defect::DeletedAtOnce)) {
            for item in page.items.iter().filter(|item| item.standing() == Standing::Finished) {
                _ = self.port.delete_unchanged(endpoint, item).await;
            }
        }
        let mut last = self.ledger.last.lock().unwrap_or_else(PoisonError::into_inner);
        let mut page = match (answer, last.get(&key)) {
            (Err(_), Some(last)) if self.is(Defect::UnreadableTakenForDone) => {
                let mut page = last.clone();
                page.items.retain(|item| item.standing() != Standing::Outstanding);
                page
            }
            (answer, _) => answer?,
        };
        last.insert(key.clone(), page.clone());
        self.as_seen_items(endpoint, &mut page.items);
        self.seen().items.entry(key).or_insert_with(|| page.clone());
        Ok(page)
    }

    async fn delete_unchanged(&self, endpoint: &str, item: &Item) -> AwsResult<bool> {
        if !self.is(Defect::DeletedUnconditionally) {
            return self.port.delete_unchanged(endpoint, item).await;
        }
        while !self.port.delete_unchanged(endpoint, &self.current(endpoint, item)).await? {}
        Ok(true)
    }

    async fn forget_unchanged(&self, endpoint: &str, item: &Item) -> AwsResult<bool> {
        match self.defect {
            Defect::NeverForgotten => return Ok(true),
            Defect::ForcedForgetsNothing if self.is_forced() => return Ok(true),
            Defect::ForgottenUnconditionally => {}
            _ => return self.port.forget_unchanged(endpoint, item).await,
        }
        while !self.port.forget_unchanged(endpoint, &self.current(endpoint, item)).await? {}
        Ok(true)
    }
}

impl DefectivePort {
    /// The name of the record that is written in place of this one.
    pub(crate) fn renamed<'n>(&self, name: &'n str) -> &'n str {
        let by_input = self.seen().records_an_upload;
        let is_renamed = name == WORK
            && (self.is(Defect::InputWritesLease) && by_input
                || self.is(Defect::TickWritesLease) && !by_input);
        if is_renamed { LEASE } else { name }
    }

    /// The item as it is now.
    fn current(&self, endpoint: &str, item: &Item) -> Item {
        self.port.sim.with(|world| {
            let mut items = world.ledger(endpoint);
            items.find(|now| now.location == item.location).unwrap_or(item).clone()
        })
    }

    fn as_seen_items(&self, endpoint: &str, items: &mut Vec<Item>) {
        let at_zero = self.seen().at_zero.contains(endpoint);
        // Only an invocation that CloudTrail reports reads the ledger before anything else.
        let is_of_invocation = !self.seen().has_described;
        let is_forced = self.is_forced();
        match self.defect {
            Defect::OutstandingNotSeen => {
                items.retain(|item| item.standing() != Standing::Outstanding);
            }
            Defect::ForcedOverYoung if is_forced => {
                items.retain(|item| item.standing() != Standing::Outstanding);
            }
            Defect::YoungForgotten => {
                let long_ago = self.port.sim.now() - SignedDuration::from_hours(3);
                let old = items.iter_mut().filter(|it| it.standing() == Standing::Outstanding);
                old.for_each(|item| item.touched_at = Some(long_ago));
            }
            Defect::ResultWithoutUploadNotSeen => {
                items.retain(|item| item.standing() != Standing::ResultOnly);
            }
            Defect::InvocationNotExplained if is_of_invocation => items.clear(),
            Defect::EverythingExplains if is_of_invocation => {
                let now = self.port.sim.now();
                items.iter_mut().for_each(|item| item.touched_at = Some(now));
            }
            Defect::OldDatapointsCount if at_zero => {
                items.iter_mut().for_each(|item| item.result_at = None);
            }
            Defect::EarlierResultCounts => {
                for item in items.iter_mut() {
                    item.received_at =
                        item.received_at.map(|at| at.max(item.created_at.unwrap_or(at)));
                }
            }
            Defect::ResultsCounted => {
                for item in items.iter_mut().filter(|item| item.results.len() >= item.uploads.len())
                {
                    while item.uploads.len() > 1 {
                        item.uploads.pop_last();
                    }
                    item.received_at = item.received_at.max(item.created_at);
                }
            }
            _ => {}
        }
    }
}
