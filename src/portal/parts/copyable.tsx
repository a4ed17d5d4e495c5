import { Button, Tooltip } from '@fluentui/react-components'
import { CheckmarkRegular } from '@fluentui/react-icons/svg/checkmark'
import { CopyRegular } from '@fluentui/react-icons/svg/copy'
import { useState } from 'react'

interface CopyableProps {
  readonly text: string
  readonly label: string
}

// More scrolls.
const rowsMax = 18

/** Text in a box that can be selected and scrolled by keyboard, with a button that copies it. */
export function Copyable({ text, label }: CopyableProps) {
  return (
    <div className="copyable">
      <textarea
        readOnly
        className="copyable-text"
        aria-label={label}
        rows={Math.min(text.split('\n').length, rowsMax)}
        spellCheck={false}
        wrap="off"
        value={text}
      />
      <CopyButton text={text} label={label} />
    </div>
  )
}

/** A button that copies, and says that it did. */
export function CopyButton({ text, label }: CopyableProps) {
  const [copied, setCopied] = useState(false)
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text)
    setCopied(true)
  }
  return (
    <Tooltip content={copied ? 'Copied' : 'Copy'} relationship="description">
      <Button
        appearance="subtle"
        size="small"
        aria-label={`Copy: ${label}`}
        icon={copied ? <CheckmarkRegular /> : <CopyRegular />}
        onClick={copy}
        onBlur={() => setCopied(false)}
      />
    </Tooltip>
  )
}
