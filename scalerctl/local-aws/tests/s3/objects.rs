//! What other services of `scalerctl aws` read and write.

use std::{io::ErrorKind, time::Duration};

use simulator::{Bucket, BucketNotification, NotificationKind};

use crate::Served;

#[tokio::test]
async fn an_object_of_another_service_is_there_and_leads_to_an_event() {
    let served = Served::start().await;
    let none = served.objects.put("outputs", "a.out", "text/plain", b"text").await.unwrap_err();
    assert_eq!(none.kind(), ErrorKind::NotFound);
    assert!(served.objects.head("outputs", "a.out").is_none());

    let notification = BucketNotification {
        id: "outputs".into(),
        kind: NotificationKind::Function,
        target: "arn:aws:lambda:eu-central-1:123456789012:function:f".into(),
        events: vec!["s3:ObjectCreated:*".into()],
        prefix: String::new(),
        suffix: ".out".into(),
    };
    let bucket = Bucket { notifications: vec![notification], ..Bucket::default() };
    served.sim.with(|world| world.put_bucket("outputs", bucket));
    let put = served.objects.put("outputs", "a.out", "text/plain", b"text").await.unwrap();
    assert_eq!((put.size, put.etag.as_str()), (4, "1cb251ec0d568de6a929b520c4aed8d1"));
    served.objects.put("outputs", "a.other", "text/plain", b"text").await.unwrap();
    let head = served.objects.head("outputs", "a.out").unwrap();
    assert_eq!(head.content_type.as_deref(), Some("text/plain"));
    assert_eq!(served.objects.get("outputs", "a.out").await.unwrap().unwrap(), b"text");
    assert!(served.objects.get("outputs", "none").await.unwrap().is_none());

    served.sim.advance(Duration::from_millis(999));
    assert!(served.sim.with(|world| world.take_invocations()).is_empty());
    served.sim.advance(Duration::from_millis(1));
    let arrived = served.sim.with(|world| world.take_invocations());
    assert_eq!(arrived.len(), 1);
    assert_eq!(arrived[0].body["Records"][0]["s3"]["object"]["key"], "a.out");
}
