//! Each command twice on `scalerctl aws`: a dry run writes nothing, and the second run changes nothing.
//!
//! The function runs there, and its ticks write nothing for an endpoint at zero.

use super::{fake_sam::FakeSam, local_aws::LocalAws};

/// The arguments, a part of the output, and the calls that write.
type Step<'a> = (&'a [&'a str], &'a str, &'a [&'a str]);

/// Runs the steps. Each ends with exit code 0.
async fn run(aws: &mut LocalAws, path: &str, steps: &[Step<'_>]) {
    for (arguments, words, wanted) in steps {
        let (code, text, writes) = aws.scalerctl_with_path(path, arguments).await;
        assert_eq!(code, Some(0), "{arguments:?} {text}");
        assert_eq!(writes, *wanted, "{arguments:?} {text}");
        assert!(text.contains(words), "{arguments:?}: no {words:?} in {text}");
    }
}

#[tokio::test]
async fn preflight_writes_nothing_and_says_the_same_again() {
    let mut aws = LocalAws::start(&[]);
    let first = aws.scalerctl(&["preflight", "my-endpoint"]).await;
    let second = aws.scalerctl(&["preflight", "my-endpoint"]).await;
    assert_eq!((first.0, &first.2), (Some(0), &Vec::new()), "{}", first.1);
    assert_eq!(second, first);
}

/// The pattern matches two of three endpoints.
#[tokio::test]
async fn unregister_and_register_with_a_pattern() {
    let mut aws = LocalAws::start(&["--endpoints", "3"]);
    let made = ["AddTags", "RegisterScalableTarget", "PutScalingPolicy"];
    let steps: [Step; 10] = [
        (&["unregister", "my-endpoint-*", "--dry-run"], "nothing was written", &[]),
        (&["unregister", "my-endpoint-*"], "2 changes", &["DeregisterScalableTarget"; 2]),
        (&["unregister", "my-endpoint-*"], "nothing to change", &[]),
        (&["unregister", "my-endpoint-*", "--dry-run"], "dry run: nothing to change", &[]),
        (&["unregister", "my-endpoint", "--dry-run"], "would change target", &[]),
        (&["register", "my-endpoint-*", "--dry-run"], "would change policy", &[]),
        (&["register", "my-endpoint-*"], "6 changes", &[made, made].concat()),
        (&["register", "my-endpoint-*"], "nothing to change", &[]),
        (&["register", "my-endpoint-*", "--dry-run"], "dry run: nothing to change", &[]),
        (
            &["unregister", "my-endpoint-*"],
            "4 changes",
            &["DeregisterScalableTarget", "DeleteTags", "DeregisterScalableTarget", "DeleteTags"],
        ),
    ];
    run(&mut aws, "/nonexistent", &steps).await;
}

/// The SAM CLI deletes the function: here it loses the tag of the stack.
#[tokio::test]
async fn undeploy() {
    let mut aws = LocalAws::start(&[]);
    aws.give_function_to_stack("reactive-scaler").await;
    let sam = FakeSam::ending("", 0);
    let dry: &[&str] = &["undeploy", "--endpoint-at", "zero", "--dry-run"];
    let delete: &[&str] = &["undeploy", "--endpoint-at", "zero", "--yes"];
    run(&mut aws, &sam.path(), &[(dry, "stack reactive-scaler: would be deleted", &[])]).await;
    assert_eq!(sam.arguments(), None, "a dry run deletes no stack");
    let writes = ["PutFunctionConcurrency", "DeregisterScalableTarget"];
    run(&mut aws, &sam.path(), &[(delete, "stack reactive-scaler: deleted", &writes)]).await;
    assert_eq!(sam.arguments().unwrap()[0], "delete");

    aws.give_function_to_stack("none").await;
    let sam = FakeSam::waiting();
    let again: [Step; 2] = [(delete, "nothing to change", &[]), (dry, "nothing to change", &[])];
    run(&mut aws, &sam.path(), &again).await;
    assert_eq!(sam.arguments(), None);
}
