import { Field, Radio, RadioGroup, Textarea } from '@fluentui/react-components'
import { type ChangeEvent, useState } from 'react'
import { TextField } from '../parts/fields.tsx'
import { FormBlade } from '../parts/form-blade.tsx'
import { type Upload, uploadChange, withoutSecrets } from './upload.ts'

const nothingYet: Upload = {
  format: 'pem',
  certificateChain: '',
  privateKey: '',
  pfx: '',
  password: '',
}

/** A certificate with its key, as PEM or PFX. What is wrong with it stands beside its field. */
export function UploadBlade({ onClose }: { readonly onClose: () => void }) {
  const [upload, setUpload] = useState(nothingYet)
  const change = uploadChange(upload)
  const set = (part: Partial<Upload>): void => setUpload({ ...upload, ...part })
  return (
    <FormBlade
      title="Upload a certificate"
      action="Upload"
      changes={change ? [change] : []}
      shownAs={change ? [withoutSecrets(change)] : []}
      shown={['certificateChain', 'privateKey', 'pfx', 'password']}
      onClose={onClose}
    >
      {(problem) => (
        <>
          <RadioGroup
            aria-label="Format"
            layout="horizontal"
            value={upload.format}
            onChange={(_event, { value }) => set({ format: value as Upload['format'] })}
          >
            <Radio value="pem" label="PEM" />
            <Radio value="pfx" label="PFX" />
          </RadioGroup>
          {upload.format === 'pem' ? (
            <Pem upload={upload} set={set} problem={problem} />
          ) : (
            <Pfx set={set} upload={upload} problem={problem} />
          )}
        </>
      )}
    </FormBlade>
  )
}

interface PartProps {
  readonly upload: Upload
  readonly set: (part: Partial<Upload>) => void
  readonly problem: (path: string) => string | undefined
}

function Pem({ upload, set, problem }: PartProps) {
  return (
    <>
      <PemField
        label="Certificate, with its chain"
        value={upload.certificateChain}
        onChange={(certificateChain) => set({ certificateChain })}
        problem={problem('certificateChain')}
      />
      <PemField
        label="Private key, without a password"
        value={upload.privateKey}
        onChange={(privateKey) => set({ privateKey })}
        problem={problem('privateKey')}
      />
    </>
  )
}

interface PemFieldProps {
  readonly label: string
  readonly value: string
  readonly onChange: (text: string) => void
  readonly problem: string | undefined
}

/** A file to choose, or its text to paste. */
function PemField({ label, value, onChange, problem }: PemFieldProps) {
  const read = async ({ target }: ChangeEvent<HTMLInputElement>): Promise<void> => {
    const [file] = target.files ?? []
    if (file) onChange(await file.text())
  }
  return (
    <Field
      label={label}
      {...(problem !== undefined && { validationMessage: problem, validationState: 'error' })}
    >
      <Textarea
        rows={5}
        spellCheck={false}
        resize="vertical"
        placeholder="-----BEGIN …"
        value={value}
        onChange={(_event, data) => onChange(data.value)}
      />
      <input type="file" className="file-input" aria-label={`${label}: file`} onChange={read} />
    </Field>
  )
}

function Pfx({ upload, set, problem }: PartProps) {
  const message = problem('pfx')
  const read = async ({ target }: ChangeEvent<HTMLInputElement>): Promise<void> => {
    const [file] = target.files ?? []
    if (file) set({ pfx: await toBase64(file) })
  }
  return (
    <>
      <Field
        label="PFX file"
        {...(message !== undefined && { validationMessage: message, validationState: 'error' })}
      >
        <input
          type="file"
          className="file-input"
          aria-label="PFX file"
          accept=".pfx,.p12"
          onChange={read}
        />
      </Field>
      <TextField
        label="Password of the file"
        type="password"
        value={upload.password}
        onChange={(password) => set({ password })}
        problem={problem('password')}
      />
    </>
  )
}

async function toBase64(file: File): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer())
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
}
