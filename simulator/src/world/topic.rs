//! SNS topics: put, and their subscriptions listed.

use crate::{CallResult, Operation, Page, Paging, Refusal, Subscription};

use super::World;

impl World {
    /// Puts a topic with these subscriptions. Replaces an existing topic of the same ARN.
    pub fn put_topic(&mut self, arn: impl Into<String>, subscriptions: Vec<Subscription>) {
        self.topics.insert(arn.into(), subscriptions);
    }

    /// ListSubscriptionsByTopic of SNS.
    ///
    /// # Errors
    ///
    /// `NotFound`, or if the page request is invalid.
    pub fn list_subscriptions_by_topic(
        &mut self,
        topic: &str,
        paging: &Paging,
    ) -> CallResult<Page<Subscription>> {
        self.call(Operation::ListSubscriptionsByTopic, topic, String::new(), |world| {
            let found = world.topics.get(topic);
            let found = found.ok_or_else(|| Refusal::new("NotFound", "Topic does not exist"))?;
            Ok(paging.cut(found.iter(), world.settings.page_size)?.map(Clone::clone))
        })
    }
}
