import { Button } from '@fluentui/react-components'
import { ZoomInRegular } from '@fluentui/react-icons/svg/zoom-in'
import { ZoomOutRegular } from '@fluentui/react-icons/svg/zoom-out'
import { type KeyboardEvent, type ReactNode, useState } from 'react'

// Below the first the letters are no letters any more; above the last one box fills a screen.
const scales = [0.5, 0.75, 1, 1.25, 1.5, 2, 3] as const
const standard = scales.indexOf(1)

const steps: Readonly<Record<string, 1 | 0 | -1>> = { '+': 1, '=': 1, '-': -1, '0': 0 }

/** What a picture too large for the page stands in: scrolled and zoomed, by mouse and by keyboard. */
export function Frame({ children }: { readonly children: (scale: number) => ReactNode }) {
  const [index, setIndex] = useState<number>(standard)
  const scale = scales[index] ?? 1
  const zoom = (step: 1 | 0 | -1): void =>
    setIndex((now) =>
      step === 0 ? standard : Math.min(Math.max(now + step, 0), scales.length - 1),
    )
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = steps[event.key]
    // Together with Ctrl they are the browser's own zoom.
    if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    zoom(step)
  }
  return (
    <div className="topology-whole">
      <div className="topology-zoom" role="toolbar" aria-label="Zoom">
        <Button
          size="small"
          icon={<ZoomOutRegular />}
          aria-label="Zoom out (−)"
          disabled={index === 0}
          onClick={() => zoom(-1)}
        />
        <Button
          size="small"
          aria-label={`${scale * 100} %, back to actual size (0)`}
          onClick={() => zoom(0)}
        >
          {`${scale * 100} %`}
        </Button>
        <Button
          size="small"
          icon={<ZoomInRegular />}
          aria-label="Zoom in (+)"
          disabled={index === scales.length - 1}
          onClick={() => zoom(1)}
        />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard. */}
      <section className="topology-frame" aria-label="Picture" tabIndex={0} onKeyDown={onKeyDown}>
        {children(scale)}
      </section>
    </div>
  )
}
