import { FluentProvider } from '@fluentui/react-components'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode, useState } from 'react'
import { createRoot } from 'react-dom/client'
import { createQueryClient } from './api/queries.ts'
import { createPortalRouter } from './router.tsx'
import { useAppearance } from './shell/appearance.ts'
import './portal.css'
import './parts/parts.css'

function Portal() {
  const { theme, appearance, choose } = useAppearance()
  const [client] = useState(createQueryClient)
  const [router] = useState(createPortalRouter)
  return (
    <FluentProvider theme={theme} className="portal">
      <QueryClientProvider client={client}>
        <RouterProvider router={router} context={{ appearance, onAppearance: choose }} />
      </QueryClientProvider>
    </FluentProvider>
  )
}

const root = document.getElementById('root')
if (root) {
  createRoot(root).render(
    <StrictMode>
      <Portal />
    </StrictMode>,
  )
}
