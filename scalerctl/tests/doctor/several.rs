//! doctor on several endpoints.

use reactive_scaler::port::VariantId;
use serde_json::Value;
use simulator::{LoopbackAws, Simulator};

use super::{
    run::scalerctl,
    world::{ENDPOINT, but, healthy},
};

struct Run {
    code: Option<i32>,
    text: String,
    errors: String,
}

async fn doctor(sim: &Simulator, arguments: &[&str]) -> Run {
    let aws = LoopbackAws::start(sim.clone()).await.unwrap();
    let now = sim.now().to_string();
    let output = scalerctl(&aws.url, &[arguments, &["--now", &now]].concat()).await;
    sim.with(|world| assert!(world.writes().is_empty(), "{:?}", world.writes()));
    Run {
        code: output.status.code(),
        text: String::from_utf8(output.stdout).unwrap(),
        errors: String::from_utf8(output.stderr).unwrap(),
    }
}

/// The healthy endpoint, one that no function covers, and one that nobody registered.
fn fleet() -> Simulator {
    but(|world| {
        world.add_async_endpoint("other-1", "AllTraffic", 0);
        world.register_target(&VariantId::new("other-1", "AllTraffic"), 0, 4);
        world.add_async_endpoint("other-2", "AllTraffic", 1);
    })
}

#[tokio::test]
async fn each_endpoint_has_a_line_and_the_exit_code_is_the_worst() {
    let sim = fleet();
    let run = doctor(&sim, &["--all"]).await;
    assert_eq!(run.code, Some(3), "{}{}", run.text, run.errors);
    let lines: Vec<&str> = run.text.lines().collect();
    assert!(lines[0].contains("This command changes nothing"), "{}", run.text);
    let starts = |line: &str, parts: [&str; 2]| {
        let mut cells = line.split("  ").map(str::trim).filter(|cell| !cell.is_empty());
        assert_eq!([cells.next(), cells.next()], parts.map(Some), "{}", run.text);
    };
    starts(lines[2], [ENDPOINT, "no findings"]);
    starts(lines[3], ["other-1", "error"]);
    starts(lines[4], ["other-2", "error"]);
    assert!(lines[3].contains("no-way-out-of-zero"), "{}", run.text);
    assert!(run.text.contains("\n3 endpoints: 1 without findings; "), "{}", run.text);
    assert!(run.text.ends_with("\n  scalerctl doctor other-1\n"), "{}", run.text);
    // The same findings as for each alone.
    let document: Value =
        serde_json::from_str(&doctor(&sim, &["--all", "--json"]).await.text).unwrap();
    for of_several in document["endpoints"].as_array().unwrap() {
        let name = of_several["endpoint"].as_str().unwrap();
        let alone = doctor(&sim, &[name, "--json"]).await.text;
        assert_eq!(*of_several, serde_json::from_str::<Value>(&alone).unwrap());
    }
    assert_eq!(document["summary"]["endpoints"], 3);
}

#[tokio::test]
async fn names_and_patterns_choose_endpoints() {
    let sim = fleet();
    let run = doctor(&sim, &["other-*"]).await;
    assert_eq!((run.code, run.text.contains(ENDPOINT)), (Some(3), false), "{}", run.text);
    let run = doctor(&sim, &[ENDPOINT, "no-such-endpoint"]).await;
    assert_eq!(run.code, Some(2), "{}{}", run.text, run.errors);
    assert!(run.text.contains("no-such-endpoint  failed"), "{}", run.text);
    let run = doctor(&healthy(), &["my-*"]).await;
    assert_eq!(run.code, Some(0), "{}{}", run.text, run.errors);
    let run = doctor(&sim, &["none-*"]).await;
    assert_eq!((run.code, run.text.as_str()), (Some(2), ""), "{}", run.errors);
    assert!(run.errors.contains("matches none-*"), "{}", run.errors);
}
