//! Every file in `events/`.

use crate::{expected::*, names_and_times::*, sent::*};

pub fn meanings() -> Vec<(&'static str, Decoded)> {
    let one = |what: What| signals([what]);
    vec![
        ("s3-notification", one(red_flower())),
        (
            "s3-notification-several-records",
            Decoded {
                ignored: ignored("Records[1]", no_creation()).ignored,
                ..signals([
                    red_flower(),
                    input_of(
                        "async/in/100% café +1.json",
                        "2026-03-02T09:15:28.001Z",
                        Some("0065E2F0E061C2A4B3"),
                    ),
                ])
            },
        ),
        ("s3-folder-notification", ignored("Records[0]", folder_marker())),
        ("s3-folder-eventbridge", ignored("", folder_marker())),
        ("s3-test-event", ignored("", Why::S3TestEvent)),
        ("s3-eventbridge", one(input_at(VERBATIM, ON_THE_BUS))),
        ("s3-in-sns", one(red_flower())),
        ("s3-in-sqs", queued([(FIRST, red_flower())])),
        ("s3-eventbridge-in-sns", one(input_at(VERBATIM, ON_THE_BUS))),
        ("s3-eventbridge-in-sqs", queued([(FIRST, input_at(VERBATIM, ON_THE_BUS))])),
        ("s3-in-sns-in-sqs", queued([(FIRST, red_flower())])),
        (
            "sqs-one-broken-record",
            Decoded {
                broken: vec![Broken {
                    message_id: Some(SECOND.to_owned()),
                    problem: "Records[1].body.Records[0]: s3.object.key is missing".to_owned(),
                }],
                ..queued([
                    (FIRST, red_flower()),
                    (SECOND, input_at("async/in/second.json", UPLOADED)),
                    (THIRD, input_at("async/in/third.json", ON_THE_BUS)),
                ])
            },
        ),
        ("alarm-in-sns", one(alarm_of(None))),
        ("alarm-in-sns-null-description", one(alarm_of(Some("AllTraffic")))),
        ("alarm-ok-in-sns", ignored("Records[0].Sns.Message", Why::AlarmNotInAlarm)),
        ("alarm-metric-math-in-sns", one(alarm_of(None))),
        (
            "alarm-composite-in-sns",
            one(What::Alarm {
                endpoints: vec![],
                variant: None,
                mentioned: vec![
                    "maintenance".to_owned(),
                    "my-endpoint backlog".to_owned(),
                    "my-endpoint-has-work".to_owned(),
                    "my-endpoint-oldest-request".to_owned(),
                ],
                at: Some(ALARMED.parse().unwrap()),
            }),
        ),
        (
            "alarm-composite-eventbridge",
            one(What::Alarm {
                endpoints: vec![],
                variant: None,
                mentioned: ["any-work", "my-endpoint-backlog", "team-a", "team-b"]
                    .map(str::to_owned)
                    .to_vec(),
                at: Some(ALARMED.parse().unwrap()),
            }),
        ),
        ("alarm-contributor-in-sns", one(alarm_of(None))),
        ("alarm-contributor-eventbridge", one(alarm_of(None))),
        ("alarm-contributor-direct", one(alarm_of(None))),
        ("alarm-direct", one(alarm_of(None))),
        ("alarm-eventbridge", one(alarm_of(None))),
        ("schedule-rule", one(What::Tick)),
        ("schedule-scheduler-default", one(What::Tick)),
        ("schedule-scheduler-input", one(What::Tick)),
        ("endpoint-state-change", one(changed("my-endpoint"))),
        ("cloudtrail-invocation", one(invoked(&["my-endpoint"], Some(INVOKED)))),
        ("async-result-completed-in-sns", one(result("Completed"))),
        ("async-result-failed-in-sns", one(result("Failed"))),
        (
            "command-wake",
            one(What::Command {
                command: Command::Wake,
                endpoint: "my-endpoint".to_owned(),
                variant: Some("AllTraffic".to_owned()),
            }),
        ),
        ("command-sleep", one(command(Command::Sleep { force: false }))),
        ("command-sleep-force", one(command(Command::Sleep { force: true }))),
        ("command-hold", one(command(Command::Hold { minutes: Some(60) }))),
        ("command-release", one(command(Command::Release))),
        ("command-status", one(command(Command::Status))),
        ("command-tick", one(What::Tick)),
        ("command-observe", Decoded { observe: true, ..signals([input_at(VERBATIM, ON_THE_BUS)]) }),
    ]
}

#[test]
fn every_example_is_decoded_as_expected() {
    for (name, expected) in meanings() {
        assert_eq!(decode(&event(name)), Ok(expected), "events/{name}.json");
    }
}

#[test]
fn every_example_is_in_the_table() {
    let stem = |entry: fs::DirEntry| {
        let name = entry.file_name().into_string().unwrap();
        name.strip_suffix(".json").unwrap_or_else(|| panic!("{name} is no .json file")).to_owned()
    };
    let files: BTreeSet<String> =
        fs::read_dir(events_folder()).unwrap().map(|entry| stem(entry.unwrap())).collect();
    let rows = meanings().into_iter().map(|(name, _)| name.to_owned()).collect();
    assert_eq!(files, rows);
}
