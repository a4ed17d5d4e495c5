import { Input } from '@fluentui/react-components'
import { SearchRegular } from '@fluentui/react-icons/svg/search'

interface SearchBoxProps {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
}

/** Narrows a list as somebody types. */
export function SearchBox({ label, value, onChange }: SearchBoxProps) {
  return (
    <Input
      className="search-box"
      type="search"
      aria-label={label}
      placeholder={label}
      contentBefore={<SearchRegular aria-hidden />}
      value={value}
      onChange={(_event, data) => onChange(data.value)}
    />
  )
}
