//! Calls that AWS denies, and arguments that are not valid.

use std::{fs, path::Path};

use super::{
    control_plane::ControlPlane,
    run::{scalerctl, scalerctl_with, smoke},
    setup,
};

/// A profile in the arguments overrides the credentials in the environment.
#[tokio::test]
async fn a_profile_that_is_named_is_used() {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("smoke-credentials");
    fs::write(&path, "[mine]\naws_access_key_id = OFPROFILE\naws_secret_access_key = x\n").unwrap();
    let file = [("AWS_SHARED_CREDENTIALS_FILE", path.to_str().unwrap())];
    for (profile, key) in [(&["--profile", "mine"][..], "OFPROFILE"), (&[], "test")] {
        let control_plane = ControlPlane::start(&setup::by_event_bridge()).await;
        let arguments = [&["--function", setup::NAME], profile].concat();
        let output = scalerctl_with(&control_plane.url, &file, &arguments).await;
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        assert!(control_plane.requests().iter().all(|request| request.access_key == key));
    }
    let output =
        scalerctl_with("http://127.0.0.1:1", &file, &["--function", "f", "--profile", "no"]);
    let output = output.await;
    let errors = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{errors}");
    assert!(errors.contains("no profile no; it has: mine"), "{errors}");
}

/// Common profiles: credentials from a process, or from single sign-on.
#[tokio::test]
async fn a_profile_may_have_a_process_or_single_sign_on() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("smoke-profiles");
    fs::create_dir_all(&folder).unwrap();
    let (config, answer) = (folder.join("config"), folder.join("answer.json"));
    let key = r#"{"Version":1,"AccessKeyId":"OFPROCESS","SecretAccessKey":"x"}"#;
    fs::write(&answer, key).unwrap();
    let profiles = format!(
        "[profile handed]\ncredential_process = /bin/cat {}\n\
         [profile signed-on]\nsso_start_url = https://example.com/start\nsso_region = eu-west-1\n\
         sso_account_id = 123456789012\nsso_role_name = operator\n",
        answer.display()
    );
    fs::write(&config, profiles).unwrap();
    let variables = [
        ("AWS_CONFIG_FILE", config.to_str().unwrap()),
        ("HOME", folder.to_str().unwrap()),
        ("PATH", "/usr/bin:/bin"),
    ];
    let control_plane = ControlPlane::start(&setup::by_event_bridge()).await;
    let run = async |profile: &'static str| {
        let arguments = ["--function", setup::NAME, "--profile", profile];
        scalerctl_with(&control_plane.url, &variables, &arguments).await
    };
    let handed = run("handed").await;
    assert_eq!(handed.status.code(), Some(0), "{handed:?}");
    assert!(control_plane.requests().iter().all(|request| request.access_key == "OFPROCESS"));
    // There is no sign-on session.
    let signed_on = run("signed-on").await;
    let errors = String::from_utf8(signed_on.stderr).unwrap();
    assert_eq!(signed_on.status.code(), Some(2), "{errors}");
    assert!(errors.contains("\n  aws sso login --profile signed-on\n"), "{errors}");
    assert!(!errors.contains("feature"), "{errors}");
}

/// If a read is denied, its check fails and names the permission.
#[tokio::test]
async fn a_read_that_is_denied_fails_its_check() {
    for (operation, id, action) in [
        ("ListEventSourceMappings", "upload-rule", "lambda:ListEventSourceMappings"),
        ("GetBucketNotificationConfiguration", "bucket-events", "s3:GetBucketNotification"),
        ("ListRuleNamesByTarget", "upload-rule", "events:ListRuleNamesByTarget"),
        ("DescribeRule", "upload-rule", "events:DescribeRule"),
        ("TestEventPattern", "upload-rule", "events:TestEventPattern"),
    ] {
        let mut deployment = setup::by_event_bridge();
        deployment.denied.insert(operation);
        let run = smoke(&deployment, &[]).await;
        let what_to_do = format!("what to do: allow your own credentials {action} on ");
        run.assert_only_fails(id, &[&what_to_do]);
    }
}

#[tokio::test]
async fn a_caller_who_may_not_invoke() {
    let mut deployment = setup::by_event_bridge();
    deployment.denied.insert("Invoke");
    let run = smoke(&deployment, &[]).await;
    assert_eq!(run.having("failed"), ["status", "observed-input"], "{}", run.text);
    run.assert_says(&["allow your own credentials lambda:InvokeFunction"]);
}

/// The function's resource policy is read if the caller has the permission.
#[tokio::test]
async fn a_policy_that_cannot_be_read_is_noted() {
    let mut deployment = setup::by_event_bridge();
    deployment.denied.insert("GetPolicy");
    let run = smoke(&deployment, &[]).await;
    assert_eq!(run.code, Some(0), "{}", run.text);
    run.assert_says(&["note: smoke could not check who can invoke the function"]);
}

#[tokio::test]
async fn credentials_without_the_first_permission() {
    let mut deployment = setup::by_event_bridge();
    deployment.denied.insert("GetFunctionConfiguration");
    let run = smoke(&deployment, &[]).await;
    assert_eq!(run.code, Some(2));
    assert!(run.errors.contains("lambda:GetFunctionConfiguration"), "{}", run.errors);
    assert!(run.errors.contains("what to do"), "{}", run.errors);
}

#[tokio::test]
async fn an_aws_that_cannot_be_reached() {
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", closed.local_addr().unwrap());
    drop(closed);
    let output = scalerctl(&url, &["--function", setup::NAME]).await;
    let errors = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{errors}");
    assert!(errors.contains("no answer from AWS"), "{errors}");
    assert!(errors.contains(&format!("\n  curl -v {url}\n")), "{errors}");
    assert!(output.stdout.is_empty());
}

#[tokio::test]
async fn arguments_that_cannot_be_used() {
    for arguments in [&[][..], &["--function", "f", "--no-such-option"]] {
        let output = scalerctl("http://127.0.0.1:1", arguments).await;
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    }
}
