//! SNS topics: put, subscribed to, and what is published at them.

use serde_json::{Value, json};

use crate::{
    CallResult, Delivery, Operation, Page, Paging, Refusal, Subscription, Tags,
    arn::uuid,
    topic::{Notification, Topic},
};

use super::World;

impl World {
    /// Puts a topic with these subscriptions. Replaces an existing topic of the same ARN.
    pub fn put_topic(&mut self, arn: impl Into<String>, subscriptions: Vec<Subscription>) {
        let arn = arn.into();
        self.topics.insert(arn.clone(), Topic::default());
        for subscription in subscriptions {
            self.add_subscription(&arn, subscription);
        }
    }

    /// The subscriptions of a topic. `None`: there is no such topic. This is not an API call.
    pub fn topic_subscriptions(&self, topic: &str) -> Option<&[Subscription]> {
        self.topics.get(topic).map(|it| it.subscriptions.as_slice())
    }

    /// The ARNs of all topics.
    pub fn topics(&self) -> impl Iterator<Item = &String> {
        self.topics.keys()
    }

    /// The ARN of a topic. The topic does not need to exist.
    pub fn topic_arn(&self, name: &str) -> String {
        self.arn("sns", name)
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
            let page_size = world.settings.page_size;
            let found = world.topic(topic)?;
            Ok(paging.cut(found.subscriptions.iter(), page_size)?.map(Clone::clone))
        })
    }

    pub(crate) fn topic_arns(&self) -> impl Iterator<Item = &String> {
        self.topics.keys()
    }

    pub(crate) fn topic(&mut self, arn: &str) -> Result<&mut Topic, Refusal> {
        self.topics.get_mut(arn).ok_or_else(|| Refusal::new("NotFound", "Topic does not exist"))
    }

    pub(crate) fn add_topic(
        &mut self,
        arn: &str,
        attributes: std::collections::BTreeMap<String, String>,
        tags: Tags,
    ) {
        self.topics.insert(arn.to_owned(), Topic { attributes, tags, subscriptions: Vec::new() });
    }

    pub(crate) fn remove_topic(&mut self, arn: &str) {
        self.topics.remove(arn);
    }

    /// All subscriptions, each with the ARN of its topic.
    pub(crate) fn subscriptions(&self) -> impl Iterator<Item = (&String, &Subscription)> {
        self.topics
            .iter()
            .flat_map(|(topic, it)| it.subscriptions.iter().map(move |it| (topic, it)))
    }

    /// Adds a subscription, and returns its ARN.
    pub(crate) fn add_subscription(&mut self, topic: &str, subscription: Subscription) -> String {
        let id = uuid(&["subscription", topic, &subscription.protocol, &subscription.endpoint]);
        let arn = format!("{topic}:{id}");
        if let Some(found) = self.topics.get_mut(topic) {
            found.subscriptions.push(Subscription { arn: arn.clone(), ..subscription });
        }
        arn
    }

    /// The topic that has the subscription with this ARN, and the subscription.
    pub(crate) fn subscription(
        &mut self,
        arn: &str,
    ) -> Result<(&String, &mut Subscription), Refusal> {
        let all = self.topics.iter_mut();
        let mut all =
            all.flat_map(|(topic, it)| it.subscriptions.iter_mut().map(move |it| (topic, it)));
        let missing = || Refusal::new("NotFound", "Subscription does not exist");
        all.find(|(_, it)| it.arn == arn).ok_or_else(missing)
    }

    /// Removes a subscription. One that does not exist is no error.
    pub(crate) fn remove_subscription(&mut self, arn: &str) {
        for topic in self.topics.values_mut() {
            topic.subscriptions.retain(|it| it.arn != arn);
        }
    }

    /// A delivery arrives at a topic, and goes on to the subscribers. Without the topic, it is lost.
    pub(crate) fn arrive_at_topic(&mut self, topic: &str, body: Value) {
        let Some(found) = self.topics.get(topic) else { return };
        // A body that is no notification is the message.
        let mut notification = serde_json::from_value(body.clone()).unwrap_or_else(|_| {
            Notification { message: body.to_string(), ..Notification::default() }
        });
        let subscriptions = found.subscriptions.clone();
        if notification.message_id.is_empty() {
            notification.message_id = self.fresh_id();
        }
        let now = self.now();
        for it in subscriptions.iter().filter(|it| it.accepts(&notification)) {
            match it.protocol.as_str() {
                "lambda" => self.send(Delivery {
                    at: now,
                    to: it.endpoint.clone(),
                    from: "sns.amazonaws.com".into(),
                    body: notification.event(topic, it, now),
                }),
                "sqs" if it.is_raw() => {
                    let attributes = notification.message_attributes.clone().into();
                    self.arrive_at_queue(&it.endpoint, json!(notification.text("sqs")), attributes);
                }
                "sqs" => {
                    let body = notification.envelope(topic, it, now);
                    self.arrive_at_queue(&it.endpoint, body, Value::Null);
                }
                // Nobody has confirmed the subscription.
                _ => {}
            }
        }
    }
}
