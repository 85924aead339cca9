//! Each command that smoke suggests acts on the account, the Region and the endpoint of AWS of smoke.

use reactive_scaler::port::Suspended;
use simulator::VariantState;

use super::{
    control_plane::{ControlPlane, Deployment},
    pasted::{ACCOUNT, LOCAL, assert_same_account, configuration},
    run::scalerctl_with,
    setup,
};

/// Deployments, each with problems that a command fixes.
fn problems() -> Vec<(&'static str, Deployment)> {
    let plain = setup::by_event_bridge;
    let of_world = |change: &dyn Fn(&mut simulator::World)| {
        let deployment = plain();
        deployment.sim.with(change);
        deployment
    };
    let mut disabled = plain();
    disabled.rules[2].state = "DISABLED";
    let mut unread = setup::by_queue();
    unread.mappings[1].state = "Disabled";
    unread.mappings[1].response_types.clear();
    let mut broken = plain();
    broken.variables.insert("SCALER_ROUTES", "[]".into());
    let mut without_mode = plain();
    without_mode.variables.insert("SCALER_MODE", "fast".into());
    let mut not_allowed = plain();
    not_allowed.statements[0].actions.pop();
    let mut for_other_keys = plain();
    let routes = setup::ROUTES.replace("async/in/", "elsewhere/");
    for_other_keys.variables.insert("SCALER_ROUTES", routes);
    let scaling_out = Suspended { scaling_out: true, ..Suspended::default() };
    vec![
        ("wait function-active-v2", Deployment { state: "Pending", ..plain() }),
        ("wait function-updated-v2", Deployment { last_update: "InProgress", ..plain() }),
        ("events.amazonaws.com", Deployment { policy: None, ..plain() }),
        ("s3.amazonaws.com", Deployment { policy: None, ..setup::by_notification() }),
        ("events enable-rule", disabled),
        ("update-event-source-mapping", unread),
        ("logs tail", broken),
        ("ScalerMode=observe", without_mode),
        ("ExtraEndpointArns=", not_allowed),
        ("scalerctl doctor", for_other_keys),
        ("describe-endpoint-config", of_world(&not_async)),
        ("ScalableTarget=Register", of_world(&|world| world.deregister_target(&setup::variant()))),
        ("--min-capacity 0", of_world(&|world| world.deregister_target(&setup::variant()))),
        ("--max-capacity 1", of_world(&|world| world.register_target(&setup::variant(), 0, 0))),
        ("--suspended-state", of_world(&|world| world.suspend(&setup::variant(), scaling_out))),
    ]
}

fn not_async(world: &mut simulator::World) {
    world.add_endpoint(setup::ENDPOINT, vec![VariantState::new(setup::VARIANT, 0)], false);
    world.register_target(&setup::variant(), 0, 4);
}

#[tokio::test]
async fn each_suggested_command_acts_on_the_same_account() {
    for (part, deployment) in problems() {
        for account in [&ACCOUNT[..], &LOCAL] {
            for format in ["text", "json"] {
                let aws = ControlPlane::start(&deployment).await;
                let (name, file) = configuration();
                let upload = ["--endpoint", setup::ENDPOINT, "--bucket", setup::BUCKET];
                let function = ["--function", setup::NAME, "--key", "async/in/a.json"];
                let arguments = [&function[..], &upload, &["-o", format], account].concat();
                let output = scalerctl_with(&aws.url, &[(name, &file)], &arguments).await;
                let text = String::from_utf8(output.stdout).unwrap();
                assert!(text.contains(part), "{part}: {text}{:?}", output.stderr);
                let local = (account == LOCAL).then_some(aws.url.as_str());
                assert!(assert_same_account(&text, local) > 0, "{text}");
            }
        }
    }
}
