// The picture of the cluster: a line is as thick as the share that goes along it.
const SVG = 'http://www.w3.org/2000/svg';
const WIDTH = 720;

export function draw(picture, instances, redisAway) {
  const parts = [];
  const step = WIDTH / Math.max(instances.length, 1);
  const wide = Math.min(130, step - 12);
  instances.forEach((instance, i) => {
    const x = step * (i + 0.5);
    const away = instance.state === 'answers' ? '' : 'away';
    parts.push(line(WIDTH / 2, 46, x, 96, 1 + 9 * instance.share, away));
    parts.push(line(x, 144, WIDTH * 0.3, 196, 1.5, away || redisAway || !instance.heapServes ? 'away' : ''));
    parts.push(line(x, 144, WIDTH * 0.7, 196, 1.5, away));
    parts.push(box(x, 96, wide, 48, instance.name,
      instance.state === 'answers' ? `${Math.round(100 * instance.share)} %` : instance.state, away));
  });
  parts.push(box(WIDTH / 2, 6, 130, 40, 'Nginx', '', ''));
  parts.push(box(WIDTH * 0.3, 196, 130, 40, 'Redis', redisAway ? 'away' : '', redisAway ? 'away' : ''));
  parts.push(box(WIDTH * 0.7, 196, 130, 40, 'PostgreSQL', '', ''));
  picture.replaceChildren(...parts);
  const told = instances.map(instance => `${instance.name} ${instance.state}`).join(', ');
  picture.setAttribute('aria-label', `Nginx in front of ${told || 'no instance yet'}; Redis${redisAway ? ' is away' : ''}; PostgreSQL`);
}

function line(x1, y1, x2, y2, width, className) {
  return element('line', { x1, y1, x2, y2, 'stroke-width': width, class: className });
}

function box(x, y, width, height, name, small, className) {
  const group = element('g', { class: className });
  group.append(element('rect', { x: x - width / 2, y, width, height, rx: 8 }));
  const title = element('text', { x, y: y + (small ? 20 : height / 2 + 5) });
  title.textContent = name;
  group.append(title);
  if (small) {
    const below = element('text', { x, y: y + 36, class: 'small' });
    below.textContent = small;
    group.append(below);
  }
  return group;
}

function element(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== '') {
      made.setAttribute(key, value);
    }
  }
  return made;
}
