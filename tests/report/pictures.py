"""What is wrong with a picture that a browser shows: texts that meet, are cut, or cannot be read, and pale shapes."""

import base64

# The contrast that a text must have with all that is behind it, and a shape with the ground (WCAG 2.2).
TEXT, SHAPE = 4.5, 3
# What is behind a text can be as dark as a line of the grid, and no darker.
BEHIND = 2
# The box of a text is higher than its letters.
SLACK = 1

# Each text and each shape of the SVG element, in pixels from its upper left corner. The texts are not in the image, and so
# it shows what is behind them.
FAULTS = """async (svg, [image, wanted]) => {
    const bytes = Uint8Array.from(atob(image), letter => letter.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes], {type: "image/png"}));
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    const context = canvas.getContext("2d", {willReadFrequently: true});
    context.drawImage(bitmap, 0, 0);
    const frame = svg.getBoundingClientRect();
    // The image begins at a whole pixel.
    const [x0, y0] = [Math.floor(frame.left), Math.floor(frame.top)];
    const numbers = colour => colour.match(/[\\d.]+/g).map(Number);
    const light = colour => {
        const [r, g, b] = colour.slice(0, 3).map(value => value / 255)
            .map(value => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const contrast = (one, other) => {
        const [a, b] = [light(one), light(other)];
        return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    };
    const ground = [...context.getImageData(1, 1, 1, 1).data];
    const faults = [];

    const isShown = it => it.checkVisibility() && it.getClientRects().length;
    const texts = [...svg.querySelectorAll("text")].filter(isShown).map(it => {
        const words = [...it.childNodes].filter(node => node.nodeName !== "title").map(node => node.textContent);
        const {left, top, right, bottom} = it.getBoundingClientRect();
        return {text: words.join("").trim(), left, top, right, bottom, ink: numbers(getComputedStyle(it).fill)};
    });
    const within = (it, other) => other.left - it.left <= wanted.slack && it.right - other.right <= wanted.slack
        && other.top - it.top <= wanted.slack && it.bottom - other.bottom <= wanted.slack;
    texts.forEach((it, index) => {
        if (!within(it, frame)) faults.push(`${it.text}: is cut`);
        for (const other of texts.slice(index + 1)) {
            const apart = it.right <= other.left + wanted.slack || other.right <= it.left + wanted.slack
                || it.bottom <= other.top + wanted.slack || other.bottom <= it.top + wanted.slack;
            if (!apart) faults.push(`${it.text}: meets ${other.text}`);
        }
        const [x, y] = [Math.round(it.left) - x0 + 1, Math.round(it.top) - y0 + 2];
        const [width, height] = [Math.round(it.right - it.left) - 2, Math.round(it.bottom - it.top) - 5];
        if (width < 1 || height < 1) return;
        const {data} = context.getImageData(x, y, width, height);
        let [weakest, behind] = [Infinity, 1];
        for (let at = 0; at < data.length; at += 4) {
            // Beyond the edge of the image.
            if (data[at + 3] === 0) continue;
            const pixel = Array.from(data.subarray(at, at + 3));
            weakest = Math.min(weakest, contrast(it.ink, pixel));
            behind = Math.max(behind, contrast(pixel, ground));
        }
        if (weakest < wanted.text) faults.push(`${it.text}: has a contrast of ${weakest.toFixed(1)}`);
        if (behind > wanted.behind) faults.push(`${it.text}: lies over a shape`);
    });

    // What is fainter than this repeats what a line or a row shows, or is the grid.
    const faint = 0.6;
    const shapes = [...svg.querySelectorAll("rect, line, path, circle, polygon, polyline")].filter(isShown);
    const seen = new Map();
    for (const it of shapes) {
        const style = getComputedStyle(it);
        const stroke = [style.stroke, style.strokeOpacity];
        const paints = it.tagName === "line" ? [stroke] : [[style.fill, style.fillOpacity], stroke];
        const drawn = paints.filter(([paint]) => paint !== "none").map(([paint, opacity]) => {
            const [r, g, b, alpha = 1] = numbers(paint);
            return [[r, g, b], alpha * opacity * style.opacity];
        });
        const strong = drawn.filter(([, alpha]) => alpha >= faint);
        const isGround = ([colour]) => contrast(colour, ground) < 1.01;
        if (!strong.length || strong.every(isGround) && strong.length === 1) continue;
        const best = Math.max(...strong.map(([colour, alpha]) =>
            contrast(colour.map((value, index) => value * alpha + ground[index] * (1 - alpha)), ground)));
        if (best < wanted.shape) seen.set(`${it.tagName} of ${strong[0][0]}: has a contrast of ${best.toFixed(1)}`);
    }
    return {faults: [...faults, ...seen.keys()], texts: texts.length, shapes: shapes.length};
}"""


def faults(picture):
    """What is wrong with the picture, as text. `picture`: the locator of an SVG element."""
    # Not a style element: the policy of the page of `scalerctl aws` refuses it.
    set_visibility = "(svg, value) => svg.querySelectorAll('text').forEach(it => { it.style.visibility = value; })"
    picture.evaluate(set_visibility, "hidden")
    image = base64.b64encode(picture.screenshot()).decode()
    picture.evaluate(set_visibility, "")
    wanted = {"text": TEXT, "shape": SHAPE, "behind": BEHIND, "slack": SLACK}
    found = picture.evaluate(FAULTS, [image, wanted])
    assert found["texts"] >= 5 and found["shapes"] >= 5, found
    return found["faults"]
