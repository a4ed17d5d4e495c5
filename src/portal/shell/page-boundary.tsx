import { Button } from '@fluentui/react-components'
import { Component, type ReactNode } from 'react'
import { ProblemBar } from '../parts/problem-bar.tsx'

interface Caught {
  readonly error: Error | undefined
}

/** Keeps a page that breaks from taking the whole portal with it. */
export class PageBoundary extends Component<{ readonly children: ReactNode }, Caught> {
  override state: Caught = { error: undefined }

  static getDerivedStateFromError(error: Error): Caught {
    return { error }
  }

  override render() {
    const { error } = this.state
    if (!error) return this.props.children
    return (
      <div className="page">
        <h1 className="page-title">This page broke</h1>
        <ProblemBar problem={error} />
        <p>
          Nothing was changed by that.{' '}
          <Button onClick={() => location.reload()}>Load it again</Button>
        </p>
      </div>
    )
  }
}
