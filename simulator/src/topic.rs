//! SNS topics of the account, their subscriptions, and what a subscriber receives.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::{Tags, event_pattern::EventPattern};

/// A topic.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Topic {
    /// The attributes that were set.
    pub(crate) attributes: BTreeMap<String, String>,
    pub(crate) tags: Tags,
    pub(crate) subscriptions: Vec<Subscription>,
}

/// A subscription of a topic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    /// `Protocol`, for example `lambda` or `sqs`.
    pub protocol: String,
    /// `Endpoint`: the ARN of the function or of the queue, or an address.
    pub endpoint: String,
    /// `SubscriptionArn`. It is set when the subscription is put.
    pub arn: String,
    /// The attributes that were set, for example `RawMessageDelivery`.
    pub attributes: BTreeMap<String, String>,
}

/// What is published at a topic.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Notification {
    pub(crate) message: String,
    pub(crate) subject: Option<String>,
    /// `json` if the message has another text for each protocol.
    pub(crate) message_structure: Option<String>,
    #[serde(default)]
    pub(crate) message_attributes: Map<String, Value>,
    #[serde(default)]
    pub(crate) message_id: String,
}

impl Subscription {
    /// A subscription.
    pub fn new(protocol: impl Into<String>, endpoint: impl Into<String>) -> Self {
        Self {
            protocol: protocol.into(),
            endpoint: endpoint.into(),
            arn: String::new(),
            attributes: BTreeMap::new(),
        }
    }

    /// Whether its endpoint has confirmed it. Nobody confirms for an address outside of the account.
    pub fn is_confirmed(&self) -> bool {
        matches!(self.protocol.as_str(), "lambda" | "sqs")
    }

    pub(crate) fn is_raw(&self) -> bool {
        self.attributes.get("RawMessageDelivery").is_some_and(|it| it == "true")
    }

    /// Whether its filter policy accepts the notification.
    pub(crate) fn accepts(&self, notification: &Notification) -> bool {
        let Some(policy) = self.attributes.get("FilterPolicy") else { return true };
        let Ok(pattern) = EventPattern::parse(policy) else { return true };
        match self.attributes.get("FilterPolicyScope").map(String::as_str) {
            Some("MessageBody") => serde_json::from_str(&notification.message)
                .is_ok_and(|body: Value| pattern.matches(&body)),
            _ => pattern.matches(&notification.filtered_attributes()),
        }
    }
}

impl Notification {
    /// The text for a protocol.
    pub(crate) fn text(&self, protocol: &str) -> String {
        if self.message_structure.as_deref() == Some("json")
            && let Ok(texts) = serde_json::from_str::<Value>(&self.message)
            && let Some(text) = texts.get(protocol).or_else(|| texts.get("default"))
        {
            return text.as_str().map_or_else(|| text.to_string(), str::to_owned);
        }
        self.message.clone()
    }

    /// What a queue receives (SNS Developer Guide, "Fanout Amazon SNS notifications to Amazon SQS queues").
    pub(crate) fn envelope(
        &self,
        topic: &str,
        subscription: &Subscription,
        at: Timestamp,
    ) -> Value {
        let mut envelope = self.common(topic, subscription, at, "SigningCertURL", "UnsubscribeURL");
        if let Some(subject) = &self.subject {
            envelope["Subject"] = json!(subject);
        }
        if !self.message_attributes.is_empty() {
            envelope["MessageAttributes"] = self.shown_attributes();
        }
        envelope
    }

    /// What a function receives (Lambda Developer Guide, "Invoking Lambda functions with Amazon SNS notifications").
    pub(crate) fn event(&self, topic: &str, subscription: &Subscription, at: Timestamp) -> Value {
        let mut sns = self.common(topic, subscription, at, "SigningCertUrl", "UnsubscribeUrl");
        sns["Subject"] = json!(self.subject);
        sns["MessageAttributes"] = self.shown_attributes();
        json!({ "Records": [{
            "EventSource": "aws:sns",
            "EventVersion": "1.0",
            "EventSubscriptionArn": subscription.arn,
            "Sns": sns,
        }]})
    }

    fn common(
        &self,
        topic: &str,
        subscription: &Subscription,
        at: Timestamp,
        certificate: &str,
        unsubscribe: &str,
    ) -> Value {
        let region = topic.split(':').nth(3).unwrap_or_default();
        let address = format!("https://sns.{region}.amazonaws.com");
        let arn = &subscription.arn;
        json!({
            "Type": "Notification",
            "MessageId": self.message_id,
            "TopicArn": topic,
            "Message": self.text(&subscription.protocol),
            "Timestamp": at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string(),
            "SignatureVersion": "1",
            "Signature": "EXAMPLE",
            certificate: format!("{address}/SimpleNotificationService-EXAMPLE.pem"),
            unsubscribe: format!("{address}/?Action=Unsubscribe&SubscriptionArn={arn}"),
        })
    }

    fn shown_attributes(&self) -> Value {
        let shown = self.message_attributes.iter().map(|(name, it)| {
            let value = it.get("StringValue").or_else(|| it.get("BinaryValue"));
            (name.clone(), json!({ "Type": it["DataType"], "Value": value }))
        });
        shown.collect::<Map<_, _>>().into()
    }

    /// The attributes as values that a filter policy compares.
    fn filtered_attributes(&self) -> Value {
        let values = self.message_attributes.iter().map(|(name, it)| {
            let text = it["StringValue"].as_str().unwrap_or_default();
            let value = match it["DataType"].as_str().unwrap_or_default() {
                kind if kind.starts_with("Number") || kind == "String.Array" => {
                    serde_json::from_str(text).unwrap_or_default()
                }
                _ => json!(text),
            };
            (name.clone(), value)
        });
        values.collect::<Map<_, _>>().into()
    }
}
